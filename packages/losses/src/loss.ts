import type { Raster } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Labels together with what `prepare` made of them, batched: `{ labels, distances }`, say. */
export interface PreparedLabels {
  readonly labels: Tensor;
  readonly [name: string]: Tensor;
}

/** How values per pixel or per class become one: their mean, their sum, or not at all. */
export type Reduction = 'mean' | 'sum' | 'none';

/**
 * A loss: lower is better. Labels are class indices `[batch, …space]` or, when their rank is that of the
 * logits, one-hot or soft `[batch, …space, classes]`; with one class they are 0 or 1. Logits are raw scores
 * `[batch, …space, classes]`, or probabilities with `input: 'probabilities'`. The result is a scalar, which the compiler
 * knows of a loss made with reduction mean or sum; for `reduction: 'none'` a value per pixel `[batch, …space]` or per
 * class `[batch, classes]`; the caller disposes it.
 *
 * Labels that cannot be (an index of no class, a share outside [0, 1], unless it is `ignoreIndex`) are refused with
 * `MASK_VALUE_UNKNOWN` on the backends cpu and wasm; elsewhere and under a trace they are taken as they are.
 */
export interface LossFn<Result extends Tensor = Tensor> {
  (labels: Tensor | PreparedLabels, logits: Tensor): Result;
  readonly name: string;
  /** The options it was made with, as given. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether it gives one number, as it does but for `reduction: 'none'`; `isScalarLoss` tells the compiler. */
  readonly scalar: boolean;
  /** Whether the loss is a sum over pixels, so that `map` is defined. */
  readonly pixelwise: boolean;
  /**
   * The loss of each pixel, whatever the reduction.
   * @param labels class indices `[batch, …space]`, or one-hot or soft `[batch, …space, classes]`; or these with what the
   *   loss prepares.
   * @param logits float32 `[batch, …space, classes]`.
   * @returns float32 `[batch, …space]`, ignored pixels 0; the caller disposes it.
   * @throws {SegscapeError} `BAD_OPTION` for a loss that is not `pixelwise`.
   */
  map(labels: Tensor | PreparedLabels, logits: Tensor): Tensor;
  /** What the loss needs beside the labels, from one sample's mask; present only where there is such a thing. */
  readonly prepare?: (mask: Raster) => Record<string, Raster>;
  /**
   * The same loss without the pixels of a label value; present only where it can leave some out and has not been told
   * which. Combinators hand their `ignoreIndex` on by it.
   */
  readonly ignoring?: (ignoreIndex: number) => LossFn<Result>;
  /**
   * Present weights of terms that change in training, by name; present only where some do. Hand them on beside the labels
   * as scalars, `{ labels, ...prepared, ...weights }`: as data, so that a compiled step serves every epoch.
   * @param epoch counted from 0; parts of epochs count too.
   */
  readonly weightsAt?: (epoch: number) => Readonly<Record<string, number>>;
}

/** Labels as the losses' bodies see them: what was given, and what `prepare` made, by name. */
export interface LossLabels {
  /** Class indices `[batch, …space]`, or one-hot or soft `[batch, …space, classes]`. */
  readonly labels: Tensor;
  readonly prepared: Readonly<Record<string, Tensor>>;
}

/** What a loss computes. Its tensors are tidied and its labels checked by who calls it. */
export interface LossBody {
  /**
   * The loss of a batch.
   * @param labels with what the loss has prepared.
   * @param logits float32 `[batch, …space, classes]`.
   * @returns the value, reduced as the loss's own options say.
   */
  value(labels: LossLabels, logits: Tensor): Tensor;
  /** The loss of each pixel `[batch, …space]`, where it is a sum over pixels. */
  map?(labels: LossLabels, logits: Tensor): Tensor;
  /** What it needs beside the labels, from one sample's mask. */
  prepare?(mask: Raster): Record<string, Raster>;
  /** What makes probabilities of its logits where no option says so. Default softmax, for one class sigmoid. */
  readonly activation?: 'softmax' | 'sigmoid';
}
