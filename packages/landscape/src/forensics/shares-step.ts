import { slopeOf, slopesOf } from '@segscape/backend/slopes';
import type { Params } from '@segscape/core';
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
  /** Gradients over weights, when asked: of the whole loss, and of each group by its number. */
  readonly whole: ByLoss<Params>;
  readonly gradients: ByLoss<ByGrouping<Record<string, Params>>>;
}

export const mapped = <T, R>(record: Readonly<Record<string, T>>, map: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));

/** The pure step: each loss's gradient over scores, cut by groups, and carried back to the weights when asked. */
export const sharesStep =
  <B extends Batch>(
    problem: UnplacedProblem<B>,
    groupings: Readonly<Record<string, Grouping<B>>>,
    deep: boolean,
  ) =>
  ({ free, fixed, batch }: StepArguments): StepResult => {
    const data = batch as unknown as B;
    const scores = scoresOver(problem, { free, fixed }, data);
    const values = Object.values(free);
    const z = scores(...values);
    const masks = mapped(groupings, ({ groups, of }) => {
      const numbers = of(data, z);
      return groups.map((_, k) => maskOf(numbers, k));
    });
    const back = (seed: Tensor): Params => {
      const found = slopesOf((...weights) => sum(mul(scores(...weights), seed)) as Scalar, values);
      return Object.fromEntries(Object.keys(free).map((name, i) => [name, found[i]!]));
    };
    const slopes = mapped(problem.losses, (loss) => slopeOf((logits) => loss(logits, data), z));
    const inGroups = (x: Tensor, list: Tensor[]) => stack(list.map((mask) => sum(mul(x, mask))));
    return {
      area: scalar(z.shape.slice(0, -1).reduce((product, n) => product * n, 1)),
      counts: mapped(masks, (list) => stack(list.map((mask) => sum(mask)))),
      totals: mapped(slopes, (slope) => sum(abs(slope)) as Scalar),
      parts: mapped(slopes, (slope) => mapped(masks, (list) => inGroups(abs(slope), list))),
      whole: deep ? mapped(slopes, back) : {},
      gradients: deep
        ? mapped(slopes, (slope) =>
            mapped(masks, (list) =>
              Object.fromEntries(list.map((mask, k) => [String(k), back(mul(slope, mask))])),
            ),
          )
        : {},
    };
  };
