import { sizeOf } from '@segscape/core';
import {
  add,
  conv2d,
  conv2dTranspose,
  conv3d,
  conv3dTranspose,
  maxPool,
  maxPool3d,
  relu,
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
  /** Edge of the kernel, pixels. */
  readonly size: number;
  readonly from: number;
  readonly to: number;
  readonly padding: Padding;
  /** Default true. */
  readonly bias?: boolean;
}

/** Convolution of stride 1 with its bias: `name.kernel` `[size, size, from, to]`, `name.bias` `[to]`. */
export function convolution(
  name: string,
  { spatial, size, from, to, padding, bias = true }: ConvolutionOptions,
): Layer {
  const edges = Array<number>(spatial).fill(size);
  const fanIn = sizeOf(edges) * from;
  const specs: ParamSpec[] = [{ name: `${name}.kernel`, shape: [...edges, from, to], role: 'kernel', fanIn }];
  if (bias) specs.push({ name: `${name}.bias`, shape: [to], role: 'bias', fanIn });
  return {
    specs,
    apply(x, pass) {
      const kernel = parameter(pass, `${name}.kernel`);
      const y: Tensor =
        spatial === 2
          ? conv2d(x as Tensor4D, kernel as Tensor4D, 1, padding)
          : conv3d(x as Tensor5D, kernel as Tensor5D, 1, padding);
      return bias ? add(y, parameter(pass, `${name}.bias`)) : y;
    },
  };
}

/** Doubles the size: `name.kernel` is `[2, 2, to, from]` for `'transpose'`, `[1, 1, from, to]` for `'bilinear'`. */
export function upsampling(
  name: string,
  { spatial, from, to, up }: { spatial: 2 | 3; from: number; to: number; up: Upsampling },
): Layer {
  if (up === 'bilinear') {
    const mix = convolution(name, { spatial, size: 1, from, to, padding: 'same' });
    // A 1×1 convolution and interpolation commute: mixing first is four times less work.
    return { specs: mix.specs, apply: (x, pass) => doubled(mix.apply(x, pass)) };
  }
  const edges = Array<number>(spatial).fill(2);
  const fanIn = sizeOf(edges) * to;
  return {
    specs: [
      { name: `${name}.kernel`, shape: [...edges, to, from], role: 'kernel', fanIn },
      { name: `${name}.bias`, shape: [to], role: 'bias', fanIn },
    ],
    apply(x, pass) {
      const kernel = parameter(pass, `${name}.kernel`);
      const shape = x.shape.map((n, axis) => (axis === 0 ? n : axis <= spatial ? 2 * n : to));
      const y: Tensor =
        spatial === 2
          ? conv2dTranspose(
              x as Tensor4D,
              kernel as Tensor4D,
              shape as [number, number, number, number],
              2,
              'same',
            )
          : conv3dTranspose(
              x as Tensor5D,
              kernel as Tensor5D,
              shape as [number, number, number, number, number],
              2,
              'same',
            );
      return add(y, parameter(pass, `${name}.bias`));
    },
  };
}

export const activation: Layer = { specs: [], apply: (x) => relu(x) };

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
}

/** 3×3 convolution, normalisation (unless none) and, unless `linear`, a ReLU: `scope.conv.i.*`, `scope.norm.i.*`. */
export function unit(scope: string, index: number, options: BlockOptions, linear = false): Layer {
  const { norm } = options;
  return sequence([
    convolution(`${scope}.conv.${index}`, { ...options, size: 3, bias: norm === 'none' }),
    ...(norm === 'none' ? [] : [normalization(`${scope}.norm.${index}`, options.to, options)]),
    ...(linear ? [] : [activation]),
  ]);
}
