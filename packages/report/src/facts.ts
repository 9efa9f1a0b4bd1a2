import { isSegscapeError, SegscapeError, type Storage } from '@segscape/core';

export const factsPath = 'report.json';

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
  readonly environment: readonly {
    /** ISO 8601. */
    readonly started: string;
    readonly backend: string;
    /** Of its numbers: 'float32' or 'float16'. */
    readonly precision?: string;
    readonly executor: string;
    readonly platform: string;
  }[];
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

const lists = [
  'losses',
  'seeds',
  'classes',
  'environment',
  'pictures',
  'surfaces',
  'scores',
] as const satisfies (keyof ReportFacts)[];

/**
 * Reads `report.json` of a run folder.
 * @throws {SegscapeError} `NOT_FOUND` when there is none, `CORRUPT_FILE` when it is not what a study writes.
 */
export async function readFacts(storage: Storage): Promise<ReportFacts> {
  let text: string;
  try {
    text = new TextDecoder().decode(await storage.read(factsPath));
  } catch (cause) {
    if (!isSegscapeError(cause, 'NOT_FOUND')) throw cause;
    throw new SegscapeError(
      'NOT_FOUND',
      `reportHtml: there is no ${factsPath} here. Only a finished study has a report; resume the run first.`,
      { cause },
    );
  }
  const corrupt = (why: string, cause?: unknown) =>
    new SegscapeError('CORRUPT_FILE', `${factsPath}: ${why}. Resume the study to write it again.`, { cause });
  let facts: ReportFacts;
  try {
    facts = JSON.parse(text) as ReportFacts;
  } catch (cause) {
    throw corrupt('not JSON', cause);
  }
  const missing = lists.find((key) => !Array.isArray(facts?.[key]));
  if (missing !== undefined) throw corrupt(`expected a list '${missing}'`);
  if (typeof facts.material !== 'object' || facts.material === null)
    throw corrupt("expected an object 'material'");
  return facts;
}
