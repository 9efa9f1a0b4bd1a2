import { assertOption } from '@segscape/core';
import {
  concat,
  dispose,
  fill,
  grad,
  reshape,
  slice,
  sum,
  type Tensor,
  tensor,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { LossFn } from './loss.js';

export interface LossProfileOptions {
  /** Points of each curve. Default 101. */
  readonly points?: number;
  /** Range of the logit. Default [-8, 8]. */
  readonly logits?: readonly [number, number];
  /** Range of p_t, inside (0, 1). Default [0.005, 0.995]. */
  readonly probabilities?: readonly [number, number];
}

/** A loss along one abscissa. */
export interface LossCurve {
  readonly x: Float32Array;
  readonly loss: Float32Array;
  /** Derivative of the loss by x. */
  readonly gradient: Float32Array;
}

export interface LossProfile {
  /** Against p_t, the probability of the true class. */
  readonly probability: LossCurve;
  /** Against the logit of the true class, the other class's being 0. */
  readonly logit: LossCurve;
}

const spaced = ([from, to]: readonly [number, number], points: number) =>
  Float32Array.from({ length: points }, (_, i) => from + ((to - from) * i) / (points - 1));

/** Loss and its derivative by the logit, for single-pixel images of the true class 1. */
async function evaluate(
  loss: LossFn,
  logits: Float32Array,
): Promise<{ loss: Float32Array; slope: Float32Array }> {
  const points = logits.length;
  const results = tidy(() => {
    const labels = fill([1, 1, 1], 1, 'int32');
    const at = (x: Tensor, n: number) => {
      const own = slice(x, [n, 0, 0, 0], [1, 1, 1, 1]);
      return reshape(sum(loss(labels, concat([zerosLike(own), own], -1))), [1]);
    };
    const every = (x: Tensor) => concat(Array.from({ length: points }, (_, n) => at(x, n)));
    const scores = tensor(logits, [points, 1, 1, 1]);
    return { values: every(scores), grad: grad((x: Tensor) => sum(every(x)))(scores) };
  });
  try {
    const [values, slope] = await Promise.all([results.values.data(), results.grad.data()]);
    return { loss: values as Float32Array, slope: slope as Float32Array };
  } finally {
    dispose(results);
  }
}

/**
 * Loss and gradient of one pixel with two classes, against p_t and against the logit, as the original study
 * plotted them. Losses over regions see an image of that one pixel.
 *
 *     const { probability } = await lossProfile(focal({ gamma: 2 }), { points: 50 });
 *
 * @param loss a loss that has a value for each pixel.
 * @param options at how many points, over what range of logits.
 * @returns value and gradient against the logit and against p_t, arrays of one length.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export async function lossProfile(loss: LossFn, options: LossProfileOptions = {}): Promise<LossProfile> {
  const where = 'lossProfile';
  const { points = 101, logits = [-8, 8], probabilities = [0.005, 0.995] } = options;
  assertOption(
    Number.isInteger(points) && points >= 2,
    where,
    'points',
    points,
    'be a whole number, at least 2',
  );
  assertOption(
    probabilities[0] > 0 && probabilities[1] < 1,
    where,
    'probabilities',
    probabilities,
    'lie inside (0, 1)',
  );
  const [p, x] = [spaced(probabilities, points), spaced(logits, points)];
  const byP = await evaluate(
    loss,
    p.map((value) => Math.log(value / (1 - value))),
  );
  const byLogit = await evaluate(loss, x);
  return {
    probability: {
      x: p,
      loss: byP.loss,
      gradient: byP.slope.map((slope, i) => slope / (p[i]! * (1 - p[i]!))),
    },
    logit: { x, loss: byLogit.loss, gradient: byLogit.slope },
  };
}
