import { assertOption, sizeOf } from '@segscape/core';
import {
  add,
  conv2d,
  conv2dTranspose,
  conv3d,
  conv3dTranspose,
  leakyRelu,
  maxPool,
  maxPool3d,
  pad,
  relu,
  reshape,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { doubled } from './bilinear.js';
import { type Layer, type ParamSpec, parameter, sequence } from './layer.js';
import { type NormOptions, normalization } from './normalization.js';
import type { Padding, Upsampling } from './options.js';

export interface ConvolutionOptions {
  readonly spatial: 2 | 3;
  /** Edge of the kernel, or its edges along the axes, pixels; odd for `'same'`. */
  readonly size: number | readonly number[];
  readonly from: number;
  readonly to: number;
  readonly padding: Padding;
  /** Step along each axis, pixels. Default 1. */
  readonly stride?: readonly number[];
  /** Default true. */
  readonly bias?: boolean;
}

/** Kernel edges along the axes. */
const edgesOf = (size: number | readonly number[], spatial: 2 | 3): readonly number[] =>
  typeof size === 'number' ? Array<number>(spatial).fill(size) : size;

/**
 * Zeros at both ends of every axis, half a kernel each, as PyTorch pads: the engine's `'same'` puts those of a step of 2 at the
 * end alone, which moves the maps by a pixel. A volume's last axis and its channels are padded as one, `side·channels` values
 * each end: the WebGL backend of TensorFlow.js has no padding of five axes (its shaders cannot compare so many).
 */
function padded(x: Tensor, edges: readonly number[]): Tensor {
  const sides = edges.map((n): [number, number] => [n >> 1, n >> 1]);
  if (x.rank < 5) return pad(x, [[0, 0], ...sides, [0, 0]]);
  const [batch, depth, height, width, channels] = x.shape as [number, number, number, number, number];
  const [[front], [top], [left]] = sides as [[number, number], [number, number], [number, number]];
  const rows = reshape(x, [batch, depth, height, width * channels]);
  const values = left * channels;
  const framed = pad(rows, [
    [0, 0],
    [front, front],
    [top, top],
    [values, values],
  ]);
  return reshape(framed, [batch, depth + 2 * front, height + 2 * top, width + 2 * left, channels]);
}

/**
 * Convolution with its bias: `name.kernel` `[size, size, from, to]`, `name.bias` `[to]`.
 * @param name what its parameters begin with.
 * @param options kernel, channels, padding, stride.
 * @returns a part of a network.
 */
export function convolution(
  name: string,
  { spatial, size, from, to, padding, stride, bias = true }: ConvolutionOptions,
): Layer {
  const edges = edgesOf(size, spatial);
  const steps = stride ?? Array<number>(spatial).fill(1);
  const strided = steps.some((step) => step > 1);
  const pads = padding === 'same' && strided && edges.some((n) => n > 1);
  const rest = strided ? 'valid' : padding;
  const fanIn = sizeOf(edges) * from;
  const specs: ParamSpec[] = [{ name: `${name}.kernel`, shape: [...edges, from, to], role: 'kernel', fanIn }];
  if (bias) specs.push({ name: `${name}.bias`, shape: [to], role: 'bias', fanIn });
  return {
    specs,
    apply(x, pass) {
      const kernel = parameter(pass, `${name}.kernel`);
      const images = pads ? padded(x, edges) : x;
      const y: Tensor =
        spatial === 2
          ? conv2d(images as Tensor4D, kernel as Tensor4D, steps as [number, number], rest)
          : conv3d(images as Tensor5D, kernel as Tensor5D, steps as [number, number, number], rest);
      return bias ? add(y, parameter(pass, `${name}.bias`)) : y;
    },
  };
}

/** What comes in and goes out of an upsampling, and how. */
export interface UpsamplingOptions {
  readonly spatial: 2 | 3;
  readonly from: number;
  readonly to: number;
  readonly up: Upsampling;
  /** How many times larger each axis becomes; 1 or 2 for `'bilinear'`. Default 2. */
  readonly stride?: readonly number[];
}

/**
 * Doubles the size, or multiplies it by `stride`: `name.kernel` is `[…stride, to, from]` for `'transpose'`, `[1, 1, from, to]` for
 * `'bilinear'`.
 *
 * @param name what its parameters begin with.
 * @param options channels, how, and by how much.
 * @returns a part of a network.
 */
export function upsampling(name: string, { spatial, from, to, up, stride }: UpsamplingOptions): Layer {
  const edges = stride ?? Array<number>(spatial).fill(2);
  if (up === 'bilinear') {
    const fits = edges.every((n) => n === 1 || n === 2);
    assertOption(fits, name, 'stride', edges, "be of 1 and 2 for up 'bilinear'");
    const mix = convolution(name, { spatial, size: 1, from, to, padding: 'same' });
    // A 1×1 convolution and interpolation commute: mixing first is four times less work.
    return { specs: mix.specs, apply: (x, pass) => doubled(mix.apply(x, pass), edges) };
  }
  const fanIn = sizeOf(edges) * to;
  return {
    specs: [
      { name: `${name}.kernel`, shape: [...edges, to, from], role: 'kernel', fanIn },
      { name: `${name}.bias`, shape: [to], role: 'bias', fanIn },
    ],
    apply(x, pass) {
      const kernel = parameter(pass, `${name}.kernel`);
      const shape = x.shape.map((n, axis) => (axis === 0 ? n : axis <= spatial ? edges[axis - 1]! * n : to));
      const y: Tensor =
        spatial === 2
          ? conv2dTranspose(
              x as Tensor4D,
              kernel as Tensor4D,
              shape as [number, number, number, number],
              edges as [number, number],
              'same',
            )
          : conv3dTranspose(
              x as Tensor5D,
              kernel as Tensor5D,
              shape as [number, number, number, number, number],
              edges as [number, number, number],
              'same',
            );
      return add(y, parameter(pass, `${name}.bias`));
    },
  };
}

export const activation: Layer = { specs: [], apply: (x) => relu(x) };

/**
 * `max(x, slope·x)`, the leaky ReLU; a ReLU for slope 0. Volumes are laid flat for it: its gradient chooses between values, which the WebGL
 * backend of TensorFlow.js does up to four axes.
 */
export function activated(x: Tensor, slope = 0): Tensor {
  if (slope === 0) return relu(x);
  if (x.rank < 5) return leakyRelu(x, slope);
  return reshape(leakyRelu(reshape(x, [-1, x.shape.at(-1)!]), slope), x.shape);
}

/** Largest value of each 2×2 (2×2×2) window; an odd last row or column is left out. */
export const pooling: Layer = {
  specs: [],
  apply: (x) =>
    x.rank === 4
      ? maxPool(x as Tensor4D, 2, 2, 'valid')
      : maxPool3d(x as Tensor5D, [2, 2, 2], [2, 2, 2], 'valid'),
};

export interface BlockOptions extends NormOptions {
  readonly spatial: 2 | 3;
  readonly from: number;
  readonly to: number;
  readonly padding: Padding;
  /** Edge or edges of the kernel, pixels. Default 3. */
  readonly size?: number | readonly number[];
  /** Step along each axis, pixels. Default 1. */
  readonly stride?: readonly number[];
  /** Slope of the ReLU below 0. Default 0. */
  readonly slope?: number;
  /** Whether the convolution has a bias. Default where no normalisation follows, which would take it off again. */
  readonly bias?: boolean;
}

/**
 * 3×3 convolution, normalisation (unless none) and, unless `linear`, a ReLU: `scope.conv.i.*`, `scope.norm.i.*`.
 * @param scope what its parameters begin with.
 * @param index of the convolution in its block.
 * @param options kernel, channels, padding, normalisation.
 * @param linear whether no ReLU follows. Default false.
 * @returns a part of a network.
 */
export function unit(scope: string, index: number, options: BlockOptions, linear = false): Layer {
  const { norm, size = 3, bias = norm === 'none', slope } = options;
  return sequence([
    convolution(`${scope}.conv.${index}`, { ...options, size, bias }),
    ...(norm === 'none' ? [] : [normalization(`${scope}.norm.${index}`, options.to, options)]),
    ...(linear ? [] : [{ specs: [], apply: (x: Tensor) => activated(x, slope) }]),
  ]);
}
