import type { Params } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** A 2-D size `[height, width]` or a 3-D one `[depth, height, width]`, in pixels. */
export type Size = readonly [number, number] | readonly [number, number, number];

export interface ApplyOptions {
  /** Name of the features to return instead of the logits: one of `model.taps`. */
  readonly tap?: string;
}

export interface ForwardOptions {
  /** Normalise by the batch's own statistics and drop units out. */
  readonly training: boolean;
  /** Scalar in [0, 2²⁴), new for every step; needed when training with dropout. */
  readonly seed?: Tensor;
}

/** What `forward` gives; an alias, not an interface, so that `dispose` takes it whole. */
export type Forward = {
  readonly logits: Tensor;
  /**
   * With `deepSupervision`, while training: logits of the coarser levels, the finest first, each half as large as the one
   * before (of `nestedUnet` all as large as the logits). Absent otherwise.
   */
  readonly auxiliary?: Tensor[];
  /** New running statistics, by name; empty without batch normalisation or when not training. */
  readonly updates: Params;
};

/** One line of a summary: a layer, the size of what it gives, and its number of parameters. */
export interface LayerSummary {
  readonly name: string;
  readonly kind: string;
  /** `[height, width, channels]`, with the depth first in 3-D. */
  readonly shape: readonly number[];
  readonly parameters: number;
}

export interface ModelSummary {
  readonly layers: readonly LayerSummary[];
  readonly parameters: number;
  readonly trainable: number;
  readonly inputSize: readonly number[];
  readonly outputSize: readonly number[];
}

/** A network as pure functions over a parameter record; it owns no tensors. */
export interface Model {
  /** Kind of network, `'unet'` for instance. */
  readonly name: string;
  /** Plain JSON; `modelFromConfig(config)` builds the same network. */
  readonly config: ModelConfig;
  /** Names that `apply(…, { tap })` knows, in the order of computation. */
  readonly taps: readonly string[];
  /** Shapes of all parameters, in layer order. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Fresh parameters; the same seed gives the same bits everywhere. The caller disposes them. */
  init(seed: number): Params;
  /** False for the running statistics of batch normalisation, which training only carries along. */
  isTrainable(name: string): boolean;
  /**
   * Inference.
   * @param images float32 `[batch, height, width, channels]` (`[batch, depth, height, width, channels]` in 3-D).
   * @returns logits `[batch, height, width, classes]`, or the features at `tap`.
   * @throws {SegscapeError} `SHAPE_MISMATCH` when the images do not fit; the message names sizes that do.
   */
  apply(params: Params, images: Tensor, options?: ApplyOptions): Tensor;
  /** One pass that may train: logits, and what batch normalisation wants remembered. */
  forward(params: Params, images: Tensor, options: ForwardOptions): Forward;
  /**
   * Size of the logits for images of `size`.
   * @throws {SegscapeError} `SHAPE_MISMATCH` when such images do not fit; `BAD_OPTION` for a size of other axes.
   */
  outputSize<S extends Size>(size: S): S;
  /**
   * Smallest size of images that fits the network and whose logits are at least as large as `size`.
   * @throws {SegscapeError} `BAD_OPTION` for a size of other axes, or that is none.
   */
  inputSizeFor<S extends Size>(size: S): S;
  summary(size: Size): ModelSummary;
}

/** What rebuilds a model: its name and its options, plain JSON. */
export type ModelConfig = { readonly name: string } & Readonly<Record<string, unknown>>;
