import {
  type GradConfig,
  matMul,
  reshape,
  sum,
  type Tensor,
  tensor2d,
  transpose,
} from '@tensorflow/tfjs-core';
import type { Attrs } from '../kernels/registry.js';
import { unary } from './rule.js';

interface Placing {
  readonly align: boolean;
  readonly half: boolean;
}

/** Where output pixel `o` lies among the input's. */
function source(o: number, input: number, output: number, { align, half }: Placing, shift: number): number {
  const scale = align && output > 1 ? (input - 1) / (output - 1) : input / output;
  return half ? scale * (o + 0.5) - shift : scale * o;
}

type Weights = (input: number, output: number, placing: Placing) => Float32Array;

/** What each output pixel takes of each input pixel, `[output, input]`, as TensorFlow.js's kernels interpolate. */
const bilinearWeights: Weights = (input, output, placing) => {
  const weights = new Float32Array(output * input);
  for (let o = 0; o < output; o++) {
    const at = source(o, input, output, placing, 0.5);
    const low = Math.max(0, Math.floor(at));
    const high = Math.min(input - 1, Math.ceil(at));
    weights[o * input + low]! += 1 - (at - low);
    weights[o * input + high]! += at - low;
  }
  return weights;
};

const nearestWeights: Weights = (input, output, placing) => {
  const weights = new Float32Array(output * input);
  for (let o = 0; o < output; o++) {
    const at = source(o, input, output, placing, 0);
    const nearest = Math.max(0, Math.min(input - 1, placing.align ? Math.round(at) : Math.floor(at)));
    weights[o * input + nearest] = 1;
  }
  return weights;
};

const placingOf = ({ alignCorners, halfPixelCenters }: Attrs): Placing => ({
  align: Boolean(alignCorners),
  half: Boolean(halfPixelCenters),
});

/**
 * Resizing is `rows · image · columnsᵀ` in every channel, so its gradient is `rowsᵀ · dy · columns`. TensorFlow.js's own
 * gradient kernels ignore half-pixel centres, and on cpu are wrong unless images are square (bilinear) or single (nearest).
 */
function transposed(dy: Tensor, images: Tensor, attrs: Attrs, weights: Weights): Tensor {
  const [, h, w] = images.shape as [number, number, number, number];
  const [, oh, ow] = dy.shape as [number, number, number, number];
  const [batch, , , channels] = images.shape as [number, number, number, number];
  const rows = tensor2d(weights(h, oh, placingOf(attrs)), [oh, h]);
  const columns = tensor2d(weights(w, ow, placingOf(attrs)), [ow, w]);
  const planes = transpose(dy, [0, 3, 1, 2]);
  const narrow = reshape(matMul(reshape(planes, [-1, ow]), columns), [batch * channels, oh, w]);
  const small = matMul(reshape(rows, [1, oh, h]), narrow, true, false);
  return transpose(reshape(small, [batch, channels, h, w]), [0, 2, 3, 1]);
}

/** By whole factors every input pixel fills a block: its gradient is the block's sum. */
function blockSums(dy: Tensor, images: Tensor): Tensor {
  const [batch, h, w, channels] = images.shape as [number, number, number, number];
  const [, oh, ow] = dy.shape as [number, number, number, number];
  return sum(reshape(dy, [batch, h, oh / h, w, ow / w, channels]), [2, 4]);
}

export const resizes: readonly GradConfig[] = [
  unary('ResizeBilinear', (dy, images, attrs) => transposed(dy, images, attrs, bilinearWeights), 'images'),
  unary(
    'ResizeNearestNeighbor',
    (dy, images, attrs) => {
      const [, h, w] = images.shape as [number, number, number, number];
      const whole = dy.shape[1]! % h === 0 && dy.shape[2]! % w === 0 && !attrs.alignCorners;
      return whole ? blockSums(dy, images) : transposed(dy, images, attrs, nearestWeights);
    },
    'images',
  ),
];
