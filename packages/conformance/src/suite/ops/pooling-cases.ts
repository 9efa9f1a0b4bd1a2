import {
  avgPool,
  avgPool3d,
  image,
  maxPool,
  maxPool3d,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import type { TensorCase, Tensors } from '../case.js';
import { normals } from '../inputs.js';
import { gradient, secondOrder } from './op-case.js';

const x4 = ({ x }: Tensors) => x as Tensor4D;
const x5 = ({ x }: Tensors) => x as Tensor5D;
const of = (shape: readonly number[]) => ({ x: normals(`pooled ${shape}`, shape) });

const windows: readonly (readonly [string, number | [number, number], number, 'same' | 'valid'])[] = [
  ['2×2 stride=2', 2, 2, 'valid'],
  ['2×2 stride=2', 2, 2, 'same'],
  ['3×3 stride=1', 3, 1, 'same'],
  ['3×1 stride=1', [3, 1], 1, 'same'],
  ['3×3 stride=2', 3, 2, 'valid'],
];

const plane = windows.flatMap(([name, size, stride, pad]) => [
  gradient(`maxPool ${name} ${pad}`, of([2, 7, 8, 3]), (given) => maxPool(x4(given), size, stride, pad)),
  gradient(`avgPool ${name} ${pad}`, of([2, 7, 8, 3]), (given) => avgPool(x4(given), size, stride, pad)),
]);

const volume = [
  gradient('maxPool3d 2×2×2 stride=2', of([1, 4, 6, 4, 2]), (given) => maxPool3d(x5(given), 2, 2, 'valid')),
  gradient('maxPool3d 3×1×1 stride=1', of([1, 4, 5, 4, 2]), (given) =>
    maxPool3d(x5(given), [3, 1, 1], 1, 'same'),
  ),
  gradient('maxPool3d 3×3×3 stride=1', of([1, 4, 5, 4, 2]), (given) => maxPool3d(x5(given), 3, 1, 'same')),
  gradient('avgPool3d 2×2×2 stride=2', of([1, 4, 6, 4, 2]), (given) => avgPool3d(x5(given), 2, 2, 'valid')),
];

const bilinear = (x: Tensor, alignCorners: boolean, half: boolean) =>
  image.resizeBilinear(x as Tensor4D, [9, 14], alignCorners, half);
const nearest = (x: Tensor, alignCorners: boolean, half: boolean) =>
  image.resizeNearestNeighbor(x as Tensor4D, [9, 14], alignCorners, half);

const resizing = [
  gradient('resizeBilinear', of([2, 4, 7, 3]), ({ x }) => bilinear(x!, false, false)),
  gradient('resizeBilinear alignCorners', of([2, 4, 7, 3]), ({ x }) => bilinear(x!, true, false)),
  gradient('resizeNearestNeighbor', of([2, 4, 7, 3]), ({ x }) => nearest(x!, false, false)),
  gradient('resizeNearestNeighbor alignCorners', of([2, 4, 7, 3]), ({ x }) => nearest(x!, true, false)),
];

const second = [
  secondOrder('maxPool 2×2 stride=2', of([1, 6, 6, 2]), (given) => maxPool(x4(given), 2, 2, 'valid')),
  secondOrder('maxPool 3×3 stride=1', of([1, 5, 6, 2]), (given) => maxPool(x4(given), 3, 1, 'same')),
  secondOrder('avgPool 2×2 stride=2', of([1, 6, 6, 2]), (given) => avgPool(x4(given), 2, 2, 'valid')),
  secondOrder('maxPool3d 2×2×2 stride=2', of([1, 4, 4, 4, 2]), (given) =>
    maxPool3d(x5(given), 2, 2, 'valid'),
  ),
  secondOrder('resizeBilinear', of([1, 4, 7, 2]), ({ x }) => bilinear(x!, false, false)),
  secondOrder('resizeNearestNeighbor', of([1, 4, 7, 2]), ({ x }) => nearest(x!, false, false)),
];

/** Pooling and resizing. */
export const poolingCases: readonly TensorCase[] = [...plane, ...volume, ...resizing, ...second];
