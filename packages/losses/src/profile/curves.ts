import { assertOption } from '@segscape/core';
import { anything, assertOptions, integer, options as optionsOf } from '@segscape/core/schema';
import {
  concat,
  dispose,
  fill,
  grad,
  keep,
  reshape,
  slice,
  sum,
  type Tensor,
  tensor,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { LossFn } from '../loss.js';

export interface LossProfileOptions {
  /** Points of each curve. Default 101. */
  readonly points?: number;
  /** Range of the logit. Default [-8, 8]. */
  readonly logits?: readonly [number, number];
  /** Range of p_t, inside (0, 1). Default [0.005, 0.995]. */
  readonly probabilities?: readonly [number, number];
}

const profileSchema = optionsOf<LossProfileOptions>({
  points: integer('Points of each curve.', { default: 101, minimum: 2 }),
  logits: anything('Range of the logit.'),
  probabilities: anything('Range of p_t, inside (0, 1).'),
});

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
    // One pass forward serves both: gradients keep what they are the gradients of no longer than they take.
    let values: Tensor | undefined;
    const slopes = grad((x: Tensor) => {
      values = keep(concat(Array.from({ length: points }, (_, n) => at(x, n))));
      return sum(values);
    })(tensor(logits, [points, 1, 1, 1]));
    return { values: values!, slopes };
  });
  try {
    const [values, slope] = await Promise.all([results.values.data(), results.slopes.data()]);
    return { loss: values as Float32Array, slope: slope as Float32Array };
  } finally {
    dispose(results);
  }
}

/** What `lossProfile` does: a module of its own, which a page that trains never loads. */
export async function profileCurves(loss: LossFn, options: LossProfileOptions): Promise<LossProfile> {
  const where = 'lossProfile';
  const isLoss = typeof loss === 'function' && !('schema' in loss);
  assertOption(isLoss, where, 'loss', loss, 'be a loss, as focal() makes one');
  assertOptions(where, options, profileSchema);
  const { points = 101, logits = [-8, 8], probabilities = [0.005, 0.995] } = options;
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
