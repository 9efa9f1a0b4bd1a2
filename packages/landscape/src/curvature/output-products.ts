import { slopeOf, slopesOf } from '@segscape/backend/slopes';
import { assertOption, type Params, SegscapeError, throwIfAborted } from '@segscape/core';
import { addN, dispose, mul, reshape, type Scalar, sum, type Tensor, zerosLike } from '@tensorflow/tfjs-core';
import { assertWeights } from '../directions/assert-weights.js';
import { toWeights, weightLayout } from '../directions/flat-weights.js';
import { type Batch, batchShares } from '../grids/objective.js';
import { oneNumber } from '../grids/one-number.js';
import type { CurvatureOperator } from './curvature-operator.js';
import { flatVector } from './gradient-field.js';
import type { OutputProblem } from './output-problem.js';

interface StepArguments {
  readonly free: Params;
  readonly fixed: Params;
  readonly direction: Params;
  readonly batch: Tensor;
}

/** What stands between the network's Jacobian and its transpose: how it takes a change of the scores. */
type Middle = (lossOfLogits: (z: Tensor) => Scalar, z: Tensor, change: Tensor) => Tensor;

/** The loss's own Hessian: ∇(∇ℓ(z)·change). */
const gaussNewton: Middle = (loss, z, change) =>
  slopeOf((scores) => sum(mul(slopeOf(loss, scores), change)) as Scalar, z);

/** For each sample, of whose mean the loss is: its gradient times that gradient's product with the change. */
const fisher: Middle = (loss, z, change) => {
  const samples = z.shape[0] ?? 1;
  const residual = mul(slopeOf(loss, z), samples);
  const flat = (x: Tensor) => reshape(x, [samples, -1]);
  const slope = sum(mul(flat(residual), flat(change)), 1, true);
  return reshape(mul(flat(residual), mul(slope, 1 / samples)), z.shape);
};

export const middles = { gaussNewton, fisher } as const;

/** The pure step Jᵀ·M·J·v: forwards by differentiating the backward pass, which is linear in its seed. */
const productStep =
  <B extends Batch>(where: string, { logits, lossOfLogits }: OutputProblem<B>, middle: Middle) =>
  ({ free, fixed, direction, batch }: StepArguments): Params => {
    const data = batch as unknown as B;
    const names = Object.keys(free);
    const values = Object.values(free);
    const scores = (...weights: Tensor[]) =>
      logits({ ...fixed, ...Object.fromEntries(names.map((name, i) => [name, weights[i]!])) }, data);
    const backwards = (seed: Tensor) =>
      slopesOf((...weights) => sum(mul(scores(...weights), seed)) as Scalar, values);
    const z = scores(...values);
    const along = (seed: Tensor): Scalar =>
      addN(backwards(seed).map((slope, i) => sum(mul(slope, direction[names[i]!]!)))) as Scalar;
    const change = slopeOf(along, zerosLike(z));
    const seed = middle((scores) => oneNumber(where, 'lossOfLogits', lossOfLogits(scores, data)), z, change);
    return Object.fromEntries(backwards(seed).map((slope, i) => [names[i]!, slope]));
  };

/** Products with the Gauss–Newton matrix or the Fisher of a network. @throws {SegscapeError} `BAD_OPTION`. */
export async function outputOperator<B extends Batch>(
  where: string,
  problem: OutputProblem<B>,
  middle: Middle,
): Promise<CurvatureOperator> {
  const { params, batches, isTrainable = () => true, signal } = problem;
  assertWeights(where, 'params', params);
  for (const name of ['logits', 'lossOfLogits'] as const)
    assertOption(typeof problem[name] === 'function', where, name, problem[name], 'be a function');
  const shares = batchShares(where, problem);
  const layout = weightLayout(params, isTrainable);
  if (layout.length === 0)
    throw new SegscapeError('BAD_OPTION', `${where}: no parameter counts; isTrainable left out all.`);
  const free: Params = {};
  const fixed: Params = {};
  const moving = new Set(layout.entries.map(({ name }) => name));
  for (const [name, w] of Object.entries(params)) (moving.has(name) ? free : fixed)[name] = w;
  const { compiled } = await import('../grids/compiled.js');
  const step = compiled(where, productStep(where, problem, middle), problem.jit);
  return {
    size: layout.length,
    layout,
    async product(vector) {
      const product = new Float64Array(layout.length);
      const direction = toWeights(vector, layout);
      try {
        for (const [k, batch] of batches.entries()) {
          throwIfAborted(signal, where);
          const result = await step({ free, fixed, direction, batch: batch as unknown as Tensor });
          try {
            for (const { name, start } of layout.entries) {
              const part = await result[name]!.data();
              for (let i = 0; i < part.length; i++) product[start + i]! += shares[k]! * part[i]!;
            }
          } finally {
            dispose(result);
          }
        }
      } finally {
        dispose(direction);
      }
      return product;
    },
    toFlat: (record) => flatVector(record, layout, where),
    toRecord: (flat) => toWeights(flat, layout),
    dispose: () => step.dispose(),
  };
}
