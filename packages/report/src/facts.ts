import type { CalibrationFact } from './calibration-facts.js';
import type { DecisionFact } from './decision-facts.js';
import type { CaseFact, DisputesFact } from './dispute-facts.js';
import type { EvidenceFacts } from './evidence-facts.js';
import type { ExperimentFact } from './experiment-facts.js';
import type { FoldsFact } from './fold-facts.js';
import type { BarrierFact, ForensicsFact, MapFact, SurfaceNumbersFact } from './landscape-facts.js';
import type { LearningRatesFact } from './learning-rate-facts.js';
import type { PictureFact } from './picture-facts.js';

export type { PictureFact, PictureValuesFact } from './picture-facts.js';

/** A surface kept as `landscapes/<name>.h5`. */
export interface SurfaceFact {
  readonly name: string;
  /** Label of the loss that the network was trained with. */
  readonly loss: string;
  readonly seed: number;
  readonly epoch: number;
  /** `'start'`, `'middle'`, `'end'`, `'epoch 7'`; empty for a network of whose training nothing is known, `loss` is its name then. */
  readonly moment: string;
}

/** Scores of one trained network, one entry a test image: `'pixelAccuracy'`, `'iou.disc'`, `'confidence.disc'`, … */
export interface ScoreFact {
  readonly loss: string;
  readonly seed: number;
  /** Epochs of the weights that were scored; absent in older runs. */
  readonly epoch?: number;
  /** Epochs that it was trained for. */
  readonly trained?: number;
  /** Chosen on the validation images; absent with more than two classes or without such images. */
  readonly threshold?: ThresholdFact;
  readonly images: readonly ({ readonly id: string } & Readonly<Record<string, number | string | null>>)[];
}

/** The probability from which a pixel counts as the second class: what it would be if it were chosen. Scores are at one half. */
export interface ThresholdFact {
  readonly value: number;
  /** Mean Dice of the validation images at it, and at one half. */
  readonly dice: number;
  readonly diceAtHalf: number;
}

/** A paired test of two losses over the patients of the test images, and with several seeds over seeds. */
export interface ComparisonFact {
  readonly measure: string;
  readonly a: string;
  readonly b: string;
  /** Estimate of a − b. */
  readonly difference: number;
  /** Its 95 % interval; absent in older runs. */
  readonly low?: number;
  readonly high?: number;
  readonly p: number;
  /** After Holm's correction over all pairs. */
  readonly pHolm: number;
  /** Rank-biserial correlation, in [−1, 1]. */
  readonly effect: number;
  /** Patients, or images where the data name no patients. */
  readonly n: number;
  /** Seeds that both have. */
  readonly seeds?: number;
  /**
   * `'permutation'` of the patients' signs: of these networks; `'crossed'`: seeds and patients both drawn from many.
   * Absent in older runs: Wilcoxon's signed ranks of images, seeds averaged.
   */
  readonly method?: 'permutation' | 'crossed';
}

/** Variances of single draws. */
export interface VarianceFact {
  readonly group: number;
  /** NaN (null in JSON) with one seed. */
  readonly seed: number;
  readonly rest: number;
}

/** How likely a study of another size would be to settle the leader against the next. */
export interface PowerFact {
  readonly measure: string;
  readonly a: string;
  readonly b: string;
  readonly difference: number;
  /** Of the differences. */
  readonly variance: VarianceFact;
  readonly seeds: number;
  readonly groups: number;
  readonly bySeeds: readonly PowerPoint[];
  readonly byGroups: readonly PowerPoint[];
}

export interface PowerPoint {
  readonly seeds: number;
  readonly groups: number;
  /** Probability of p < 0.05, in [0, 1]. */
  readonly power: number;
}

/** Mean and 95 % interval over the patients of the test images, and with several seeds over seeds. */
export interface IntervalFact {
  readonly loss: string;
  readonly measure: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Where the scores scatter from; absent in older runs. */
  readonly variance?: VarianceFact;
}

/** A loss of a single pixel against the probability p of its true class. */
export interface ProfileFact {
  readonly loss: string;
  readonly p: readonly number[];
  readonly values: readonly number[];
  /** Derivative by p. */
  readonly slopes: readonly number[];
}

/** A training whose numbers were no longer finite. */
export interface DivergenceFact {
  readonly loss: string;
  readonly seed: number;
  /** From 0; absent of the first. */
  readonly fold?: number;
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
  readonly epochs: readonly {
    readonly loss: string;
    readonly seed: number;
    /** Of a study with folds. */
    readonly fold?: number;
    readonly epoch: number;
  }[];
}

export interface MaterialFact {
  /** Where the images come from; anything that JSON holds. */
  readonly dataset: object;
  /** SHA-256 of the ids, pixels and masks of all images, hexadecimal; absent in older runs. */
  readonly contentHash?: string;
  readonly classes: readonly string[];
  /** Whether a pixel may be of several classes, or of none: then no class is the background. */
  readonly overlapping?: boolean;
  /** Number of images. */
  readonly train: number;
  /** 0 or absent: nothing was kept for choosing. */
  readonly validation?: number;
  /** Whether the validation images were taken from the training part, since the split named none. */
  readonly setAside?: boolean;
  /** Images that are in no part of the split; absent where there are none. */
  readonly leftOut?: number;
  readonly test: number;
  /** Sizes of the parts in each fold of a cross-validation, where every image is tested once; the counts above are the first's. */
  readonly folds?: readonly {
    readonly train: number;
    readonly validation: number;
    readonly test: number;
  }[];
  /** Share of the training pixels of each class, in [0, 1]. */
  readonly shares: readonly number[];
  /** Height and width in pixels. */
  readonly sizes: { readonly smallest: readonly number[]; readonly largest: readonly number[] };
  readonly channels: number;
  /** Trainable numbers of the network. */
  readonly parameters: number;
  /** Where several networks were compared; each loss is `<loss> @ <label>` then, and `parameters` are the first's. */
  readonly networks?: readonly NetworkFact[];
}

/** One of the networks that a study compares. */
export interface NetworkFact {
  readonly label: string;
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
  /** Of what computed, by package. */
  readonly versions?: Readonly<Record<string, string>>;
  /** SHA-256 of the code that computed. */
  readonly code?: string;
}

/** What `report.json` of a run folder holds: all that the report shows beside history, surfaces and maps. */
export interface ReportFacts extends EvidenceFacts {
  /** What is compared. Default trained networks; `'masks'` that others made, with one seed and no training. */
  readonly subject?: 'networks' | 'masks';
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
  /** In cross-validation; every test image is scored once for each loss and seed. */
  readonly folds?: FoldsFact;
  readonly comparisons?: readonly ComparisonFact[];
  readonly intervals?: readonly IntervalFact[];
  /** What more seeds or patients would settle; absent with one seed. */
  readonly power?: PowerFact;
  /** Patients by test image, where the data name some. */
  readonly groups?: Readonly<Record<string, string>>;
  /** Trainings that are left out. */
  readonly diverged?: readonly DivergenceFact[];
  readonly selection?: SelectionFact;
  /** Maps of weights with the trainings on them. */
  readonly maps?: readonly MapFact[];
  readonly barriers?: readonly BarrierFact[];
  readonly surfaceNumbers?: readonly SurfaceNumbersFact[];
  readonly forensics?: readonly ForensicsFact[];
  /** The same by the weights instead of the logits, of the loss that each network is trained with alone. */
  readonly weightShares?: readonly ForensicsFact[];
  readonly profiles?: readonly ProfileFact[];
  readonly calibration?: readonly CalibrationFact[];
  readonly learningRates?: LearningRatesFact;
  /** How far the networks of the losses are from each other on each test image; absent with one loss. */
  readonly disputes?: DisputesFact;
  /** Images that are shown for what a loss makes of them. */
  readonly cases?: readonly CaseFact[];
  /** Images that were trained on alone; absent where the config asked for none. */
  readonly experiment?: ExperimentFact;
  /** How seeds were added until the best loss was settled; absent where their number was given. */
  readonly decision?: DecisionFact;
  /** What the study is doing, where it has not ended; absent in the facts of a finished one. */
  readonly unfinished?: 'training' | 'surfaces';
  /** Wall clock of the study, in minutes. */
  readonly minutes: number;
}
