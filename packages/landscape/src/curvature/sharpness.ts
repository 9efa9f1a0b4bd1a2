import { assertKnown, assertOption, optionNames } from '@segscape/core';
import type { Batch } from '../grids/objective.js';
import { type CurvatureProblem, type GradientField, gradientField, lengthOf } from './gradient-field.js';

export interface SharpnessOptions {
  /** Radius of the ball, in the units of the weights. Default 0.05. */
  readonly rho?: number;
  /** Steps of projected gradient ascent. Default 1, the step that sharpness-aware minimisation takes. */
  readonly steps?: number;
}

export interface Sharpness {
  /** Largest rise of the loss found in the ball. */
  readonly sharpness: number;
  /** Loss at the weights. */
  readonly loss: number;
  readonly gradientNorm: number;
}

export const sharpnessOptions = optionNames<SharpnessOptions>({ rho: true, steps: true });

/** How much the loss rises within a small ball around the weights. */
export async function sharpness<B extends Batch>(
  problem: CurvatureProblem<B>,
  options: SharpnessOptions = {},
): Promise<Sharpness> {
  assertKnown('sharpness', options, sharpnessOptions);
  assertSharpness('sharpness', options);
  const field = await gradientField('sharpness', problem);
  try {
    return await sharpnessOf(field, options);
  } finally {
    await field.dispose();
  }
}

/** @throws {SegscapeError} `BAD_OPTION`. */
export function assertSharpness(where: string, { rho = 0.05, steps = 1 }: SharpnessOptions): void {
  assertOption(rho > 0, where, 'rho', rho, 'be positive, in the units of the weights');
  assertOption(Number.isInteger(steps) && steps >= 1, where, 'steps', steps, 'be a whole number >= 1');
}

/** The sharpness of what a field is the gradient of. */
export async function sharpnessOf(
  field: GradientField,
  { rho = 0.05, steps = 1 }: SharpnessOptions,
): Promise<Sharpness> {
  const start = await field.at(undefined, 0);
  let best = 0;
  let place = new Float64Array(field.size);
  let { gradient } = start;
  for (let k = 0; k < steps; k++) {
    const length = lengthOf(gradient);
    if (length === 0) break;
    const ahead = place.map((e, i) => e + (rho * gradient[i]!) / length);
    const beyond = lengthOf(ahead);
    place = beyond > rho ? ahead.map((e) => (e * rho) / beyond) : ahead;
    const there = await field.at(place, 1);
    best = Math.max(best, there.value - start.value);
    gradient = there.gradient;
  }
  return { sharpness: best, loss: start.value, gradientNorm: lengthOf(start.gradient) };
}
