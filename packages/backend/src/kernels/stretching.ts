import { broadcast_util, broadcastTo, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type Inputs, kernelsOf } from './registry.js';

/** A shape without the ones that it begins with, which change nothing where it is stretched. */
export const bare = (shape: readonly number[]): number[] => {
  const first = shape.findIndex((n) => n !== 1);
  return first < 0 ? [] : shape.slice(first);
};

/** Whether the last axes of `of` are those of `shape`: its numbers are then repeated in whole runs. */
export const isEnd = (shape: readonly number[], of: readonly number[]): boolean =>
  shape.length <= of.length && shape.every((n, i) => n === of[of.length - shape.length + i]);

/** The batch axes of a product of stacks of matrices. */
export const batchOf = ({ a, b }: Inputs): number[] =>
  broadcast_util.assertAndGetBroadcastShape(a!.shape.slice(0, -2), b!.shape.slice(0, -2));

/** Whether both stacks are repeated in whole runs. */
export const repeatsInRuns = (inputs: Inputs): boolean => {
  const batch = batchOf(inputs);
  return [inputs.a!, inputs.b!].every(({ shape }) => isEnd(bare(shape.slice(0, -2)), batch));
};

/** A stack of matrices with the batch axes that the product has. */
export const stretchedStack = (x: Tensor, batch: readonly number[]): Tensor =>
  broadcastTo(x, [...batch, ...x.shape.slice(-2)]);

/**
 * Mends batch normalisation whose statistics lie along another axis than the last, `[1, c, 1, 1]` for instance: the cpu and wasm
 * backends count them modulo their number, whatever their shape.
 */
export function repairStretchedStatistics(backendName: string): void {
  kernelsOf(backendName).repair(
    'FusedBatchNorm',
    ({ x, ...statistics }, _attrs, own) =>
      tidy(() => {
        const stretched = Object.entries(statistics).flatMap(([name, value]): [string, Tensor][] =>
          value ? [[name, broadcastTo(value, x!.shape)]] : [],
        );
        return own({ x: x!, ...Object.fromEntries(stretched) });
      }),
    ({ x, ...statistics }) =>
      Object.values(statistics).every((value?: Tensor) => !value || isEnd(bare(value.shape), x!.shape)),
  );
}

/**
 * Mends products of stacks that are repeated in any other way than in whole runs, such as `[2, 1, m, k]` by `[1, 3, k, n]`:
 * TensorFlow.js's backends count matrices modulo the stack's length, and as many as the longer one has
 * (after https://github.com/tensorflow/tfjs/issues/7061).
 */
export function repairStretchedProducts(backendName: string): void {
  kernelsOf(backendName).repair(
    'BatchMatMul',
    (inputs, _attrs, own) =>
      tidy(() => {
        const batch = batchOf(inputs);
        return own({ a: stretchedStack(inputs.a!, batch), b: stretchedStack(inputs.b!, batch) });
      }),
    repeatsInRuns,
  );
}
