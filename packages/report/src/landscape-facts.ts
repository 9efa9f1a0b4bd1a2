/** A place on a map of weights. */
export interface PlaceFact {
  readonly x: number;
  readonly y: number;
}

/** Where a training was at an epoch, on a map. */
export interface StationFact extends PlaceFact {
  readonly epoch: number;
}

/** A surface over a plane of several weights, kept as `landscapes/<name>.h5`, with what lies on it. */
export interface MapFact {
  readonly name: string;
  /** `'minima'`: through the last weights of every loss; `'path'`: where one training moved most. */
  readonly kind: 'minima' | 'path';
  /** The training of a path. */
  readonly loss?: string;
  /** Last weights by loss, of minima. */
  readonly minima?: Readonly<Record<string, PlaceFact>>;
  /** Trainings by loss, in the order of their epochs. */
  readonly paths: Readonly<Record<string, readonly StationFact[]>>;
  /** Share of the spread of the minima, or of the path, along each direction. */
  readonly explainedVariance: readonly number[];
}

/** How high each loss rises on the straight way between the networks of two losses. */
export interface BarrierFact {
  readonly from: string;
  readonly to: string;
  /** By loss, in the units of the loss. */
  readonly heights: Readonly<Record<string, number>>;
}

/** What a surface says in numbers, of the loss that its network was trained with. */
export interface SurfaceNumbersFact {
  /** Of the surface. */
  readonly name: string;
  readonly minimum: number;
  readonly roughness: number;
  readonly convexity: number;
  readonly basinWidth: number;
  readonly minima: number;
  readonly meanPersistence: number;
}

/** Where the gradients of all losses come from, at the weights of one network. */
export interface ForensicsFact {
  /** Loss that the network was trained with. */
  readonly loss: string;
  readonly epoch: number;
  /** By loss and sorting of the pixels (`class`, `mistake`): the share of the gradient that each group sends. */
  readonly shares: Readonly<Record<string, Readonly<Record<string, readonly GroupShareFact[]>>>>;
}

export interface GroupShareFact {
  readonly group: string;
  /** Share of the pixels. */
  readonly pixels: number;
  /**
   * Share of the gradient by the logits; by the weights the part of its step that these pixels ask for, below 0 where they pull
   * against it. NaN (null in JSON) where the gradient is 0.
   */
  readonly share: number;
}

/** How far a surface is to be trusted, of the loss that its network was trained with. */
export interface TrustFact {
  /** Of the surface or map. */
  readonly name: string;
  readonly loss: string;
  /** In plain words. */
  readonly sentence: string;
  /** Share of the variance of the training's path that lies in the plane, in [0, 1]. */
  readonly pathShare?: number;
  /** Share of the gradient's squared length that lies in the plane, in [0, 1]. */
  readonly gradientShare?: number;
  /** Standard deviation of rounding, in the units of the loss. */
  readonly noiseFloor?: number;
  /** How its numbers scatter over other pairs of directions through the same weights, by their names. */
  readonly statistics?: Readonly<Record<string, SpreadFact>>;
  /** How they scatter over the networks of several seeds, each over the same planes; `count` is of the seeds. */
  readonly seeds?: Readonly<Record<string, CrossedFact>>;
  /** The loss along lines through the weights, over all directions that surfaces were drawn along. */
  readonly line?: LineFact;
  /** How the steepest directions of the loss lie to the plane. */
  readonly eigenvectors?: readonly EigenvectorFact[];
}

/** A loss along several random directions through one network's weights. */
export interface LineFact {
  /** Places, in units of the directions. */
  readonly x: readonly number[];
  /** Number of directions. */
  readonly directions: number;
  /** Of the directions, at each place. */
  readonly mean: readonly number[];
  /** Standard deviation over the directions. */
  readonly spread: readonly number[];
  /** What is chance in the choice of images, along the first direction; absent where it was not asked for. */
  readonly images?: {
    readonly count: number;
    readonly mean: readonly number[];
    /** Ends of the 95 % interval of the bootstrap over images. */
    readonly low: readonly number[];
    readonly high: readonly number[];
  };
}

/** A number over several draws. */
export interface SpreadFact {
  readonly mean: number;
  /** Standard deviation; NaN (null in JSON) with one draw. */
  readonly spread: number;
  /** Ends of the mean's 95 % interval. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** The same over the networks of several seeds. */
export interface CrossedFact extends SpreadFact {
  readonly planes: number;
}

/** One of the Hessian's top eigenvectors; cosines in [0, 1], since it has no sign. */
export interface EigenvectorFact {
  readonly value: number;
  /** To the plane: 1 in it, 0 at right angles to it. */
  readonly plane: number;
  /** To each of the plane's directions. */
  readonly directions: readonly number[];
  readonly gradient: number;
}

/** How a loss bends around the weights of a training, of the loss that it was trained with. */
export interface CurvatureFact {
  readonly loss: string;
  readonly seed: number;
  readonly epoch: number;
  /** The largest of the Hessian, falling, with the bound of each one's error. */
  readonly eigenvalues: readonly { readonly value: number; readonly error: number }[];
  readonly trace: number;
  /** Of the trace. */
  readonly standardError: number;
  /** Rise of the loss within a small ball (Foret et al., 2021). */
  readonly sharpness: number;
}

/** How far each layer of a training has moved from its first weights. */
export interface WeightChangeFact {
  readonly loss: string;
  readonly seed: number;
  readonly epochs: readonly number[];
  readonly layers: readonly LayerChangeFact[];
}

export interface LayerChangeFact {
  readonly layer: string;
  /** Number of weights. */
  readonly size: number;
  /** Distance from the first weights over their length, by epoch; NaN (null in JSON) where that was 0. */
  readonly relative: readonly number[];
}
