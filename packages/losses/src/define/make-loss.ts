import { assertOption, type Raster, SegscapeError } from '@segscape/core';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { assertLabelValues, assertMaskValues } from '../class-planes/label-values.js';
import type { LossBody, LossFn, PreparedLabels } from '../loss.js';
import { assertTensor, labelsOf } from './loss-inputs.js';
import { logitsOf } from './probabilities.js';

/** How a loss is called, beside what it computes. */
export interface LossForm {
  readonly name: string;
  /** As given. */
  readonly options: object;
  /** Whether it hands labels and logits on to other losses, which check them. Default false. */
  readonly delegates?: boolean;
  readonly ignoring?: (ignoreIndex: number) => LossFn;
  readonly weightsAt?: LossFn['weightsAt'];
  /** Whether it gives one number. Default: unless `reduction` is `'none'`. */
  readonly scalar?: boolean;
}

/** Options that decide, with the labels and logits at hand, whether a loss can be had. */
interface CheckedOptions {
  readonly ignoreIndex?: number;
  readonly activation?: string;
  readonly input?: 'logits' | 'probabilities';
  readonly reduction?: string;
}

/** Softmax of one logit is 1 whatever it is: the loss would be constant. */
function assertActivation(name: string, activation: string | undefined, logits: Tensor): void {
  if (logits.shape.at(-1) !== 1) return;
  const isConstant = activation === 'softmax' || activation === 'logSoftmax';
  const must = "be 'sigmoid' or left out for one logit per pixel, whose softmax is always 1";
  assertOption(!isConstant, name, 'activation', activation, must);
}

/** Names a loss, checks what it is called with, tidies it and gives it the parts that every loss has. */
export function makeLoss(
  { name, options, delegates = false, ignoring, weightsAt, ...rest }: LossForm,
  { value, map, prepare, activation: standard }: LossBody,
): LossFn {
  const { ignoreIndex, activation, input, reduction } = options as CheckedOptions;
  const { scalar = reduction !== 'none' } = rest;
  const run = (of: NonNullable<LossBody['map']>, given: Tensor | PreparedLabels, scores: Tensor): Tensor => {
    const labels = labelsOf(name, given);
    assertTensor(name, 'logits', scores);
    if (!delegates) {
      assertActivation(name, activation, scores);
      assertLabelValues(name, labels.labels, scores, ignoreIndex);
    }
    return tidy(() =>
      of(labels, input === 'probabilities' ? logitsOf(name, scores, activation ?? standard) : scores),
    );
  };
  const parts = {
    name,
    options,
    scalar,
    pixelwise: map !== undefined,
    map: (labels: Tensor | PreparedLabels, logits: Tensor) => {
      if (map !== undefined) return run(map, labels, logits);
      throw new SegscapeError(
        'BAD_OPTION',
        `${name}: has no value per pixel, since it is not a sum over pixels; use a loss whose 'pixelwise' is true.`,
        { details: { option: 'map' } },
      );
    },
    ...(prepare && {
      prepare: (mask: Raster) => {
        if (!delegates) assertMaskValues(name, mask, ignoreIndex);
        return prepare(mask);
      },
    }),
    ...(ignoring && ignoreIndex === undefined && { ignoring }),
    ...(weightsAt && { weightsAt }),
  };
  const loss = (labels: Tensor | PreparedLabels, logits: Tensor) => run(value, labels, logits);
  const described = Object.entries(parts).map(([part, held]) => [part, { value: held, enumerable: true }]);
  return Object.defineProperties(loss, Object.fromEntries(described) as PropertyDescriptorMap) as LossFn;
}
