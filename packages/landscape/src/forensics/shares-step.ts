import { slopeOf } from '@segscape/backend/slopes';
import { abs, mul, type Scalar, scalar, stack, sum, type Tensor } from '@tensorflow/tfjs-core';
import type { Batch } from '../grids/objective.js';
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
  { losses }: UnplacedProblem<B>,
  z: Tensor,
  batch: B,
): ByLoss<Tensor> => mapped(losses, (loss) => slopeOf((logits) => loss(logits, batch), z));

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
    const numbers = mapped(groupings, ({ of }) => of(data, z));
    const masks = Object.fromEntries(
      Object.entries(groupings).map(([name, { groups }]) => [
        name,
        groups.map((_, k) => maskOf(numbers[name]!, k)),
      ]),
    );
    const slopes = slopesAt(problem, z, data);
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
