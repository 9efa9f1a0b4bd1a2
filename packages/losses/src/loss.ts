import { assertOption, type Raster, SegscapeError } from '@segscape/core';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { assertLabelValues, assertMaskValues } from './label-values.js';

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
 * `[batch, …space, classes]`. The result is a scalar, or for `reduction: 'none'` a value per pixel
 * `[batch, …space]` or per class `[batch, classes]`; the caller disposes it.
 *
 * Labels that cannot be (an index of no class, a share outside [0, 1], unless it is `ignoreIndex`) are refused with
 * `MASK_VALUE_UNKNOWN` on the backends cpu and wasm; elsewhere and under a trace they are taken as they are.
 */
export interface LossFn {
  (labels: Tensor | PreparedLabels, logits: Tensor): Tensor;
  readonly name: string;
  /** The options it was made with, as given. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether the loss is a sum over pixels, so that `map` is defined. */
  readonly pixelwise: boolean;
  /**
   * The loss of each pixel, float32 `[batch, …space]`, whatever the reduction; ignored pixels are 0.
   * @throws {SegscapeError} `BAD_OPTION` for a loss that is not `pixelwise`.
   */
  map(labels: Tensor | PreparedLabels, logits: Tensor): Tensor;
  /** What the loss needs beside the labels, from one sample's mask; present only where there is such a thing. */
  readonly prepare?: (mask: Raster) => Record<string, Raster>;
}

/** Labels as the losses' bodies see them. */
export interface Truth {
  readonly labels: Tensor;
  readonly prepared: Readonly<Record<string, Tensor>>;
}

export interface LossBody {
  /** Whether it hands labels and logits on to other losses, which check them. Default false. */
  readonly delegates?: boolean;
  value(truth: Truth, logits: Tensor): Tensor;
  map?(truth: Truth, logits: Tensor): Tensor;
  prepare?(mask: Raster): Record<string, Raster>;
}

const open = (labels: Tensor | PreparedLabels): Truth => {
  if ('dataId' in labels) return { labels: labels as Tensor, prepared: {} };
  const { labels: inner, ...prepared } = labels;
  return { labels: inner, prepared };
};

/** Options that decide, with the labels and logits at hand, whether a loss can be had. */
interface CheckedOptions {
  readonly ignoreIndex?: number;
  readonly activation?: string;
}

/** Softmax of one logit is 1 whatever it is: the loss would be constant. */
function assertActivation(name: string, activation: string | undefined, logits: Tensor): void {
  if (logits.shape.at(-1) !== 1) return;
  const isConstant = activation === 'softmax' || activation === 'logSoftmax';
  const must = "be 'sigmoid' or left out for one logit per pixel, whose softmax is always 1";
  assertOption(!isConstant, name, 'activation', activation, must);
}

/** Names a loss, checks what it is called with, tidies it and gives it the parts that every loss has. */
export function defineLoss(name: string, options: object, body: LossBody): LossFn {
  const { value, map, prepare, delegates = false } = body;
  const { ignoreIndex, activation } = options as CheckedOptions;
  const checked = (labels: Tensor | PreparedLabels, logits: Tensor): Truth => {
    const truth = open(labels);
    if (delegates) return truth;
    assertActivation(name, activation, logits);
    assertLabelValues(name, truth.labels, logits, ignoreIndex);
    return truth;
  };
  const loss = (labels: Tensor | PreparedLabels, logits: Tensor) => {
    const truth = checked(labels, logits);
    return tidy(() => value(truth, logits));
  };
  return Object.defineProperties(loss, {
    name: { value: name },
    options: { value: options, enumerable: true },
    pixelwise: { value: map !== undefined, enumerable: true },
    map: {
      value: (labels: Tensor | PreparedLabels, logits: Tensor) => {
        if (map === undefined)
          throw new SegscapeError(
            'BAD_OPTION',
            `${name}: has no value per pixel, since it is not a sum over pixels; use a loss whose 'pixelwise' is true.`,
          );
        const truth = checked(labels, logits);
        return tidy(() => map(truth, logits));
      },
    },
    ...(prepare && {
      prepare: {
        value: (mask: Raster) => {
          if (!delegates) assertMaskValues(name, mask, ignoreIndex);
          return prepare(mask);
        },
        enumerable: true,
      },
    }),
  }) as LossFn;
}
