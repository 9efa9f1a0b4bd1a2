import type { CurvatureFact, TrustFact, WeightChangeFact } from './landscape-facts.js';

/** What the masks of a study look like, seen before anything was trained; lengths in pixels. */
export interface DataSheetFact {
  /** Images that were looked at, of all. */
  readonly images: number;
  readonly of: number;
  /** Patients, or images where the data name none. */
  readonly groups: number;
  readonly classes: readonly DataClassFact[];
  /** Share of pixels that no class claims, in [0, 1]. */
  readonly ignored: number;
  /** Size of a pixel in µm, `[y, x]`, of a volume's `[z, y, x]`; absent where no file has it. */
  readonly spacing?: {
    /** Images whose files have it. */
    readonly images: number;
    readonly smallest: readonly number[];
    readonly largest: readonly number[];
  };
  readonly findings: readonly FindingFact[];
  readonly proposals: readonly ProposalFact[];
  /** What to score by beside overlap; absent in older runs. */
  readonly measures?: readonly MeasureProposalFact[];
}

/** A measure that suits the masks. */
export interface MeasureProposalFact {
  readonly label: string;
  readonly reason: string;
  readonly paper: string;
  /** Whether the study scores by it. */
  readonly scored: boolean;
}

/** A class over all masks. */
export interface DataClassFact {
  readonly name: string;
  /** Mean share of the claimed pixels, in [0, 1]. */
  readonly share: number;
  /** Number of images without it. */
  readonly without: number;
  /** Objects in an image, median over the images that have some; NaN (null in JSON) with none. */
  readonly objects: number;
  /** Diameter of a disc of an object's area: smallest tenth, median, largest tenth. */
  readonly diameters: readonly number[];
  /** Median width of the objects. */
  readonly width: number;
  /** Area over squared width: 0.8 of a disc, 10 and more of vessels. */
  readonly elongation: number;
}

/** Something odd about the masks, and what to do. */
export interface FindingFact {
  readonly kind: string;
  readonly level: 'note' | 'warning';
  /** Names no image. */
  readonly text: string;
  /** Some of the images it is of. */
  readonly images?: readonly string[];
}

/** A loss that suits the masks. */
export interface ProposalFact {
  readonly label: string;
  readonly reason: string;
  readonly paper: string;
  /** Labels of the study's losses of this kind; empty where none was compared. */
  readonly compared: readonly string[];
}

/** Cosines between the losses' gradients by the weights, at the weights of one network. */
export interface GradientCosinesFact {
  /** Loss that the network was trained with. */
  readonly loss: string;
  readonly epoch: number;
  readonly losses: readonly string[];
  /** `[losses][losses]`, in [−1, 1]; NaN (null in JSON) where a gradient is 0. */
  readonly cosines: readonly (readonly number[])[];
}

/** Linear CKA between the layers of two losses' networks. */
export interface SimilarityFact {
  readonly a: string;
  readonly b: string;
  /** Layers of `a`, and of `b`. */
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** `[rows][columns]`, in [0, 1]; NaN (null in JSON) of a layer that is constant. */
  readonly values: readonly (readonly number[])[];
  /** Images that were seen, and places of them that were compared, of all images together. */
  readonly images: number;
  readonly places: number;
}

/** What a training tells of its steps, thinned: each point is some steps that follow each other. */
export interface StepsFact {
  readonly loss: string;
  readonly seed: number;
  /** Last step of each point, rising. */
  readonly steps: readonly number[];
  /** Of the steps of a point. */
  readonly value: StepCurveFact;
  /** Euclidean length of the gradient before clipping; absent where it was not recorded. */
  readonly gradientNorm?: StepCurveFact;
  readonly learningRate?: readonly number[];
}

/** Mean, smallest and largest of the steps of each point. */
export interface StepCurveFact {
  readonly mean: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** A picture that excites a filter of a network, kept as `maps/<name>.png`. */
export interface FilterFact {
  readonly name: string;
  /** Loss that the network was trained with. */
  readonly loss: string;
  readonly epoch: number;
  readonly layer: string;
  /** Its number in the layer, from 0. */
  readonly filter: number;
  /** Its mean activation, of the noise at first and of the picture. */
  readonly before: number;
  readonly after: number;
}

/** What explains a result beside scores and surfaces; all of it is absent in older runs. */
export interface EvidenceFacts {
  readonly dataSheet?: DataSheetFact;
  /** How far each surface is to be trusted. */
  readonly trust?: readonly TrustFact[];
  readonly curvature?: readonly CurvatureFact[];
  readonly weightChange?: readonly WeightChangeFact[];
  readonly gradientCosines?: readonly GradientCosinesFact[];
  readonly similarities?: readonly SimilarityFact[];
  readonly steps?: readonly StepsFact[];
  readonly filters?: readonly FilterFact[];
}
