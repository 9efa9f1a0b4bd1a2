import { add, relu, type Tensor } from '@tensorflow/tfjs-core';
import { centreCrop } from './centre-crop.js';
import { convolution, unit } from './convolution.js';
import type { Layer, Pass } from './layer.js';
import type { NormOptions } from './normalization.js';
import type { Padding } from './options.js';

/** Features by name, in the order of computation; the last value is what flows on. */
export type Features = Generator<readonly [string, Tensor], Tensor>;

/** The convolutions of one level; its result is the feature `scope`. */
export interface Block {
  readonly scope: string;
  readonly layers: readonly Layer[];
  /** Names of the features on the way, in order; the last is `scope`. */
  readonly taps: readonly string[];
  through(x: Tensor, pass: Pass): Features;
}

/** How the convolutions of a block are padded, normalised and activated. */
export interface BlockForm extends NormOptions {
  readonly padding: Padding;
  /** Edge or edges of the kernels, pixels. Default 3. */
  readonly size?: number | readonly number[];
  /** Step of the first convolution along each axis, pixels. Default 1. */
  readonly stride?: readonly number[];
  /** Slope of the ReLUs below 0. Default 0. */
  readonly slope?: number;
  /** Whether convolutions have a bias. Default where no normalisation follows, which would take it off again. */
  readonly bias?: boolean;
  /** Number of convolutions of `plainBlock`. Default 2. */
  readonly convolutions?: number;
}

/** The form of a block's convolutions after the first, which alone takes steps. */
export const onwards = ({ stride, ...form }: BlockForm): BlockForm => form;

export type BlockMaker = (
  scope: string,
  spatial: 2 | 3,
  from: number,
  to: number,
  options: BlockForm,
) => Block;

/**
 * Two 3×3 convolutions (or `convolutions`), each with its normalisation and ReLU: `scope.conv.0`, `scope.conv.1`.
 * @param scope what its parameters begin with.
 * @param spatial 2 for images, 3 for volumes.
 * @param from channels that come in.
 * @param to channels that go out.
 * @param options padding, normalisation, kernels.
 * @returns a part of a network.
 */
export const plainBlock: BlockMaker = (scope, spatial, from, to, options) => {
  const layers = Array.from({ length: options.convolutions ?? 2 }, (_, index) =>
    index === 0
      ? unit(scope, 0, { ...options, spatial, from, to })
      : unit(scope, index, { ...onwards(options), spatial, from: to, to }),
  );
  return {
    scope,
    layers,
    taps: [...layers.map((_, index) => `${scope}.conv.${index}`), scope],
    *through(x, pass) {
      let y = x;
      for (const [index, layer] of layers.entries()) {
        y = layer.apply(y, pass);
        yield [`${scope}.conv.${index}`, y];
      }
      yield [scope, y];
      return y;
    },
  };
};

/**
 * Two 3×3 convolutions beside a 1×1 convolution, `scope.shortcut`, and a ReLU of their sum (He et al., 2015,
 * https://arxiv.org/abs/1512.03385); without padding the shortcut's maps are cropped at the centre.
 *
 * @param scope what its parameters begin with.
 * @param spatial 2 for images, 3 for volumes.
 * @param from channels that come in.
 * @param to channels that go out.
 * @param options padding, normalisation, kernels.
 * @returns a part of a network.
 */
export const residualBlock: BlockMaker = (scope, spatial, from, to, options) => {
  const first = unit(scope, 0, { ...options, spatial, from, to });
  const second = unit(scope, 1, { ...options, spatial, from: to, to }, true);
  const shortcut = convolution(`${scope}.shortcut`, { spatial, size: 1, from, to, padding: 'same' });
  return {
    scope,
    layers: [first, second, shortcut],
    taps: [`${scope}.conv.0`, `${scope}.conv.1`, scope],
    *through(x, pass) {
      const inner = first.apply(x, pass);
      yield [`${scope}.conv.0`, inner];
      const outer = second.apply(inner, pass);
      yield [`${scope}.conv.1`, outer];
      const y = relu(add(outer, shortcut.apply(centreCrop(x, outer.shape.slice(1, -1)), pass)));
      yield [scope, y];
      return y;
    },
  };
};
