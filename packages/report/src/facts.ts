/** A picture kept as `maps/<name>.png`. */
export interface PictureFact {
  readonly name: string;
  readonly group: 'augmentation' | 'prediction' | 'confidence' | 'loss' | 'difference';
  readonly title: string;
  /** Identifier of the image that it shows. */
  readonly sample?: string;
  /** Label of the loss that the network was trained with. */
  readonly loss?: string;
  readonly caption?: string;
}

/** A surface kept as `landscapes/<name>.h5`. */
export interface SurfaceFact {
  readonly name: string;
  /** Label of the loss that the network was trained with. */
  readonly loss: string;
  readonly seed: number;
  readonly epoch: number;
  /** `'start'`, `'middle'`, `'end'`, `'epoch 7'`. */
  readonly moment: string;
}

/** Scores of one trained network, one entry a test image: `'pixelAccuracy'`, `'iou.disc'`, `'confidence.disc'`, … */
export interface ScoreFact {
  readonly loss: string;
  readonly seed: number;
  readonly images: readonly ({ readonly id: string } & Readonly<Record<string, number | string | null>>)[];
}

/** A paired test of two losses over the test images. */
export interface ComparisonFact {
  readonly measure: string;
  readonly a: string;
  readonly b: string;
  /** Hodges–Lehmann estimate of a − b. */
  readonly difference: number;
  readonly p: number;
  /** After Holm's correction over all pairs. */
  readonly pHolm: number;
  /** Rank-biserial correlation, in [−1, 1]. */
  readonly effect: number;
  readonly n: number;
}

/** Mean and 95 % interval over the test images. */
export interface IntervalFact {
  readonly loss: string;
  readonly measure: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** A training whose numbers were no longer finite. */
export interface DivergenceFact {
  readonly loss: string;
  readonly seed: number;
  /** Epochs done before. */
  readonly epoch: number;
  readonly step: number;
  readonly message: string;
}

/** How networks were chosen; never by the test images. */
export interface SelectionFact {
  /** Which weights of a training count: of the best validation epoch, the last, or their running average. */
  readonly select: 'best' | 'last' | 'ema';
  /** Validation measure that chose; absent without validation images. */
  readonly measure?: string;
  /** Its value by loss, a mean over the seeds. */
  readonly values?: Readonly<Record<string, number>>;
  /** The epoch that was scored, for each training. */
  readonly epochs: readonly { readonly loss: string; readonly seed: number; readonly epoch: number }[];
}

export interface MaterialFact {
  /** Where the images come from; anything that JSON holds. */
  readonly dataset: object;
  readonly classes: readonly string[];
  /** Number of images. */
  readonly train: number;
  /** 0 or absent: nothing was kept for choosing. */
  readonly validation?: number;
  /** Whether the validation images were taken from the training part, since the split named none. */
  readonly setAside?: boolean;
  readonly test: number;
  /** Share of the training pixels of each class, in [0, 1]. */
  readonly shares: readonly number[];
  /** Height and width in pixels. */
  readonly sizes: { readonly smallest: readonly number[]; readonly largest: readonly number[] };
  readonly channels: number;
  /** Trainable numbers of the network. */
  readonly parameters: number;
}

/** Where a study computed. */
export interface EnvironmentFact {
  /** ISO 8601. */
  readonly started: string;
  readonly backend: string;
  /** Of its numbers: 'float32' or 'float16'. */
  readonly precision?: string;
  readonly executor: string;
  readonly platform: string;
}

/** What `report.json` of a run folder holds: all that the report shows beside history, surfaces and maps. */
export interface ReportFacts {
  readonly title: string;
  /** Labels, in the order of their colours. */
  readonly losses: readonly string[];
  readonly seeds: readonly number[];
  readonly classes: readonly string[];
  /** The class that headline figures are about. */
  readonly foreground: string;
  readonly material: MaterialFact;
  readonly environment: readonly EnvironmentFact[];
  readonly pictures: readonly PictureFact[];
  readonly surfaces: readonly SurfaceFact[];
  readonly scores: readonly ScoreFact[];
  readonly comparisons?: readonly ComparisonFact[];
  readonly intervals?: readonly IntervalFact[];
  /** Trainings that are left out. */
  readonly diverged?: readonly DivergenceFact[];
  readonly selection?: SelectionFact;
  /** Wall clock of the study, in minutes. */
  readonly minutes: number;
}
