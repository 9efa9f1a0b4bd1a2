import {
  abs,
  add,
  cast,
  clipByValue,
  cumsum,
  type DataType,
  floorDiv,
  greater,
  isNaN as isNotNumber,
  mul,
  relu,
  reverse,
  stridedSlice,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core';
import { noise } from './case.js';

/** Numbers of a type, the same for a seed. */
const of = (shape: number[], dtype: string, seed: number): Tensor => {
  const numbers = mul(noise(shape, seed), 3);
  return dtype === 'bool' ? greater(numbers, 0) : cast(numbers, dtype as DataType);
};

const kinds = ['float32', 'int32', 'bool'];

const kernels: readonly [string, (x: Tensor) => Tensor][] = [
  ['stridedSlice', (x) => stridedSlice(x, [3, 0, 1], [0, 3, 5], [-1, 2, 3])],
  ['reverse', (x) => reverse(x, [0, 2])],
  ['abs', (x) => abs(x)],
  ['relu', (x) => relu(x)],
  ['isNaN', (x) => isNotNumber(x)],
  ['as bool', (x) => cast(x, 'bool')],
  ['as int32', (x) => cast(x, 'int32')],
  ['cumsum', (x) => cumsum(cast(x, 'int32'), 0, true, true)],
];

/** Kernels that are easily wrong for one type: what each makes of every type. */
export const types: readonly (readonly [name: string, make: () => Tensor])[] = [
  ...kernels.flatMap(([name, fn]) =>
    kinds.map((kind) => [`${name} of ${kind}`, () => fn(of([4, 3, 5], kind, 1))] as const),
  ),
  ...['float32', 'int32'].map(
    (kind) => [`clipByValue of ${kind}`, () => clipByValue(of([4, 3], kind, 1), -1, 2)] as const,
  ),
  ...['float32', 'int32'].map(
    (kind) =>
      [`floorDiv of ${kind}`, () => floorDiv(of([4, 3], kind, 1), add(of([4, 3], kind, 2), 10))] as const,
  ),
  ...kinds.flatMap((a) =>
    kinds.map(
      (b) =>
        [
          `where of ${a} and ${b}`,
          () => where(of([3, 4], 'bool', 9), of([3, 4], a, 1), of([3, 4], b, 2)),
        ] as const,
    ),
  ),
];
