import { slopeOf } from '@segscape/backend/slopes';
import { SegscapeError } from '@segscape/core';
import { abs, mul, type Scalar, scalar, stack, sum, type Tensor } from '@tensorflow/tfjs-core';
import type { Batch } from '../grids/objective.js';
import { oneNumber } from '../grids/one-number.js';
import { type Grouping, maskOf } from './grouping.js';
import { type SplitParams, scoresOver, type UnplacedProblem } from './problem.js';

export interface StepArguments extends SplitParams {
  readonly batch: Tensor;
}

type ByLoss<T> = Record<string, T>;
type ByGrouping<T> = Record<string, T>;

export interface StepResult {
  /** Pixels of the batch, in any group or none. */
  readonly area: Scalar;
  /** Pixels of each group, `[groups]`. */
  readonly counts: ByGrouping<Tensor>;
  /** Σ|∂L/∂z|. */
  readonly totals: ByLoss<Scalar>;
  /** The same of each group, `[groups]`. */
  readonly parts: ByLoss<ByGrouping<Tensor>>;
  /** ∂L/∂z and the group of each pixel, when asked. */
  readonly slopes: ByLoss<Tensor>;
  readonly numbers: ByGrouping<Tensor>;
}

export const mapped = <T, R>(record: Readonly<Record<string, T>>, map: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));

/** ∂L/∂z of each loss at the scores of a batch. */
export const slopesAt = <B extends Batch>(
  where: string,
  { losses }: UnplacedProblem<B>,
  z: Tensor,
  batch: B,
): ByLoss<Tensor> =>
  Object.fromEntries(
    Object.entries(losses).map(([name, loss]) => [
      name,
      slopeOf((logits) => oneNumber(where, `loss '${name}'`, loss(logits, batch)), z),
    ]),
  );

/** The groups of pixels as they were given: of every pixel one, or they would be spread over pixels that they are not of. */
function ofPixels(name: string, numbers: Tensor, z: Tensor): Tensor {
  const pixels = z.shape.slice(0, -1);
  if (numbers.shape.join() === pixels.join()) return numbers;
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `gradientShares: grouping '${name}' gives groups shaped [${numbers.shape}]; expected one for each pixel, [${pixels}], as the scores [${z.shape}] have.`,
  );
}

/** The pure step: each loss's gradient over scores, cut by groups; pixel by pixel, too, for those who carry it on to the weights. */
export const sharesStep =
  <B extends Batch>(
    problem: UnplacedProblem<B>,
    groupings: Readonly<Record<string, Grouping<B>>>,
    deep: boolean,
  ) =>
  ({ free, fixed, batch }: StepArguments): StepResult => {
    const data = batch as unknown as B;
    const z = scoresOver(problem, { free, fixed }, data)(...Object.values(free));
    const numbers = Object.fromEntries(
      Object.entries(groupings).map(([name, { of }]) => [name, ofPixels(name, of(data, z), z)]),
    );
    const masks = Object.fromEntries(
      Object.entries(groupings).map(([name, { groups }]) => [
        name,
        groups.map((_, k) => maskOf(numbers[name]!, k)),
      ]),
    );
    const slopes = slopesAt('gradientShares', problem, z, data);
    const inGroups = (x: Tensor, list: Tensor[]) => stack(list.map((mask) => sum(mul(x, mask))));
    return {
      area: scalar(z.shape.slice(0, -1).reduce((product, n) => product * n, 1)),
      counts: mapped(masks, (list) => stack(list.map((mask) => sum(mask)))),
      totals: mapped(slopes, (slope) => sum(abs(slope)) as Scalar),
      parts: mapped(slopes, (slope) => mapped(masks, (list) => inGroups(abs(slope), list))),
      slopes: deep ? slopes : {},
      numbers: deep ? numbers : {},
    };
  };
