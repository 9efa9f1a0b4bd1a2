import {
  conv2d,
  conv2dTranspose,
  conv3d,
  conv3dTranspose,
  type Tensor4D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import type { TensorCase, Tensors } from '../case.js';
import { normals } from '../inputs.js';
import { gradient, secondOrder, value } from './op-case.js';

const x4 = ({ x }: Tensors) => x as Tensor4D;
const k4 = ({ kernel }: Tensors) => kernel as Tensor4D;
const x5 = ({ x }: Tensors) => x as Tensor5D;
const k5 = ({ kernel }: Tensors) => kernel as Tensor5D;

const inputs = (x: readonly number[], kernel: readonly number[]) => ({
  x: normals(`x ${x}`, x),
  kernel: normals(`kernel ${kernel}`, kernel, 0.3),
});

type Edges = [[number, number], [number, number], [number, number], [number, number]];
const uneven: Edges = [
  [0, 0],
  [1, 2],
  [0, 1],
  [0, 0],
];

const plane: readonly TensorCase[] = [
  ...(['same', 'valid'] as const).flatMap((pad) =>
    [1, 2].map((stride) =>
      gradient(`conv2d 3×3 ${pad} stride=${stride}`, inputs([2, 7, 8, 3], [3, 3, 3, 4]), (given) =>
        conv2d(x4(given), k4(given), stride, pad),
      ),
    ),
  ),
  gradient('conv2d 3×2 stride=2,1', inputs([2, 8, 7, 2], [3, 2, 2, 5]), (given) =>
    conv2d(x4(given), k4(given), [2, 1], 'same'),
  ),
  gradient('conv2d 1×1', inputs([2, 5, 6, 4], [1, 1, 4, 3]), (given) =>
    conv2d(x4(given), k4(given), 1, 'same'),
  ),
  gradient('conv2d 5×5 of one channel', inputs([1, 9, 9, 1], [5, 5, 1, 2]), (given) =>
    conv2d(x4(given), k4(given), 1, 'valid'),
  ),
  gradient('conv2d pad=1', inputs([2, 6, 6, 3], [3, 3, 3, 4]), (given) => conv2d(x4(given), k4(given), 1, 1)),
  gradient('conv2d pad=[[1,2],[0,1]]', inputs([2, 6, 6, 3], [3, 3, 3, 4]), (given) =>
    conv2d(x4(given), k4(given), 1, uneven as never),
  ),
  gradient('conv2d 17 channels to 9', inputs([1, 6, 6, 17], [3, 3, 17, 9]), (given) =>
    conv2d(x4(given), k4(given), 1, 'same'),
  ),
  // TensorFlow.js has no gradient of dilated convolutions.
  value('conv2d dilation=2', inputs([2, 9, 8, 3], [3, 3, 3, 4]), (given) =>
    conv2d(x4(given), k4(given), 1, 'same', 'NHWC', 2),
  ),
  gradient('conv2dTranspose 2×2 stride=2', inputs([2, 4, 5, 3], [2, 2, 4, 3]), (given) =>
    conv2dTranspose(x4(given), k4(given), [2, 8, 10, 4], 2, 'same'),
  ),
  gradient('conv2dTranspose 3×3 stride=1', inputs([2, 4, 5, 3], [3, 3, 2, 3]), (given) =>
    conv2dTranspose(x4(given), k4(given), [2, 6, 7, 2], 1, 'valid'),
  ),
];

const volume: readonly TensorCase[] = [
  gradient('conv3d 3×3×3 same', inputs([1, 4, 5, 6, 2], [3, 3, 3, 2, 3]), (given) =>
    conv3d(x5(given), k5(given), 1, 'same'),
  ),
  gradient('conv3d 2×2×2 valid stride=2', inputs([2, 4, 6, 4, 2], [2, 2, 2, 2, 3]), (given) =>
    conv3d(x5(given), k5(given), 2, 'valid'),
  ),
  gradient('conv3d 1×1×1', inputs([1, 3, 4, 5, 3], [1, 1, 1, 3, 2]), (given) =>
    conv3d(x5(given), k5(given), 1, 'same'),
  ),
  gradient('conv3dTranspose 2×2×2 stride=2', inputs([1, 2, 3, 3, 3], [2, 2, 2, 2, 3]), (given) =>
    conv3dTranspose(x5(given), k5(given), [1, 4, 6, 6, 2], 2, 'same'),
  ),
];

const second: readonly TensorCase[] = [
  secondOrder('conv2d 3×3 same', inputs([1, 5, 6, 2], [3, 3, 2, 3]), (given) =>
    conv2d(x4(given), k4(given), 1, 'same'),
  ),
  secondOrder('conv2d 3×3 valid stride=2', inputs([1, 7, 7, 2], [3, 3, 2, 3]), (given) =>
    conv2d(x4(given), k4(given), 2, 'valid'),
  ),
  secondOrder('conv2dTranspose 2×2 stride=2', inputs([1, 3, 4, 3], [2, 2, 2, 3]), (given) =>
    conv2dTranspose(x4(given), k4(given), [1, 6, 8, 2], 2, 'same'),
  ),
  secondOrder('conv3d 3×3×3 same', inputs([1, 3, 4, 4, 2], [3, 3, 3, 2, 2]), (given) =>
    conv3d(x5(given), k5(given), 1, 'same'),
  ),
];

/** Convolutions in two and three dimensions. */
export const convolutionCases: readonly TensorCase[] = [...plane, ...volume, ...second];
