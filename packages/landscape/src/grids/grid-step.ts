import { isTensor, type Params, SegscapeError } from '@segscape/core';
import { add, mul, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import type { Objective } from './objective.js';
import { oneNumber } from './one-number.js';

/** What goes into one evaluation: everything that changes between points and grids. */
export interface StepArguments {
  readonly params: Params;
  readonly directions: readonly Params[];
  readonly offsets: readonly Scalar[];
  /** Any `Batch`: jit walks the tree itself, and its types need not. */
  readonly batch: Tensor;
}

/** The step of a grid, pure: move the parameters along the directions, then evaluate. */
export const gridStep =
  (objective: Objective) =>
  ({ params, directions, offsets, batch }: StepArguments): Record<string, Scalar> => {
    const moved: Params = { ...params };
    directions.forEach((direction, k) => {
      for (const [name, d] of Object.entries(direction)) moved[name] = add(moved[name]!, mul(d, offsets[k]!));
    });
    return namedLosses(objective(moved, batch));
  };

/** @throws {SegscapeError} `BAD_OPTION` for what is no record of losses; `SHAPE_MISMATCH` for a loss of several numbers. */
function namedLosses(losses: Record<string, Scalar>): Record<string, Scalar> {
  const all = isTensor(losses) ? [] : Object.entries(losses ?? {});
  if (all.length === 0) {
    const got = isTensor(losses) ? `a tensor [${losses.shape}]` : String(losses);
    throw new SegscapeError(
      'BAD_OPTION',
      `inline: the objective must give a record of losses by name, { dice: … }, got ${got}.`,
    );
  }
  for (const [name, loss] of all) oneNumber('inline', `loss '${name}'`, loss);
  return losses;
}
