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
  through(x: Tensor, pass: Pass): Features;
}

/** How the convolutions of a block are padded and normalised. */
export interface BlockForm extends NormOptions {
  readonly padding: Padding;
}

export type BlockMaker = (
  scope: string,
  spatial: 2 | 3,
  from: number,
  to: number,
  options: BlockForm,
) => Block;

/** Two 3×3 convolutions, each with its normalisation and ReLU: `scope.conv.0`, `scope.conv.1`. */
export const plainBlock: BlockMaker = (scope, spatial, from, to, options) => {
  const layers = [
    unit(scope, 0, { ...options, spatial, from, to }),
    unit(scope, 1, { ...options, spatial, from: to, to }),
  ];
  return {
    scope,
    layers,
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
 */
export const residualBlock: BlockMaker = (scope, spatial, from, to, options) => {
  const first = unit(scope, 0, { ...options, spatial, from, to });
  const second = unit(scope, 1, { ...options, spatial, from: to, to }, true);
  const shortcut = convolution(`${scope}.shortcut`, { spatial, size: 1, from, to, padding: 'same' });
  return {
    scope,
    layers: [first, second, shortcut],
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
