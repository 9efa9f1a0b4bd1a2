import { assertKnown, assertOption } from '@segscape/core';
import type { Batch } from '../grids/objective.js';
import { type CurvatureProblem, gradientField } from './gradient-field.js';

export interface KeskarOptions {
  /** Half width of the box, relative to each weight's size and one. Default 1e-3. */
  readonly epsilon?: number;
  /** Steps of ascent. Default 10. */
  readonly steps?: number;
}

export interface KeskarSharpness {
  /** Largest rise found, in percent of the loss and one. */
  readonly sharpness: number;
  /** Loss at the weights. */
  readonly loss: number;
  /** Largest loss found in the box. */
  readonly highest: number;
}

/** Sharpness of Keskar et al. */
export async function keskarSharpness<B extends Batch>(
  problem: CurvatureProblem<B>,
  options: KeskarOptions = {},
): Promise<KeskarSharpness> {
  assertKnown('keskarSharpness', options, ['epsilon', 'steps']);
  const { epsilon = 1e-3, steps = 10 } = options;
  const where = 'keskarSharpness';
  assertOption(epsilon > 0, where, 'epsilon', epsilon, 'be positive, relative to the weights');
  assertOption(Number.isInteger(steps) && steps >= 1, where, 'steps', steps, 'be a whole number >= 1');
  const field = await gradientField(where, problem);
  try {
    const weights = await field.toFlat(problem.params, where);
    const reach = weights.map((w) => epsilon * (Math.abs(w) + 1));
    const start = await field.at(undefined, 0);
    let place: Float64Array = new Float64Array(field.size);
    let { gradient } = start;
    let highest = start.value;
    let best = place;
    for (let k = 0; k < steps; k++) {
      // The box is two reaches wide: a step of that length ends at a corner, wherever it begins.
      const step = 2 * 0.5 ** k;
      place = best.map((e, i) => {
        const ahead = e + step * reach[i]! * Math.sign(gradient[i]!);
        return Math.min(Math.max(ahead, -reach[i]!), reach[i]!);
      });
      const there = await field.at(place, 1);
      if (!(there.value > highest)) continue;
      highest = there.value;
      best = place;
      gradient = there.gradient;
    }
    return { sharpness: (100 * (highest - start.value)) / (1 + start.value), loss: start.value, highest };
  } finally {
    await field.dispose();
  }
}
