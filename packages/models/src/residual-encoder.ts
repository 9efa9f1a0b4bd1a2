import { add, avgPool, avgPool3d, type Tensor, type Tensor4D, type Tensor5D } from '@tensorflow/tfjs-core';
import type { BlockForm, Features } from './block.js';
import { onwards } from './block.js';
import { activated, convolution, unit } from './convolution.js';
import type { EncoderLevel } from './encoder.js';
import { type Layer, sequence } from './layer.js';
import { normalization } from './normalization.js';

/** What one level of nnU-Net's residual encoder is made of. */
export interface ResidualLevelOptions {
  readonly spatial: 2 | 3;
  readonly from: number;
  readonly to: number;
  /** Number of residual blocks. */
  readonly blocks: number;
  /** Channels of the convolution before the blocks, `encoder.stem`; for the first level. Default none. */
  readonly stem?: number;
  /** Kernels, step of the first convolution, normalisation, slope. */
  readonly form: BlockForm;
}

/**
 * A level of nnU-Net's residual encoder (ResEnc): `blocks` blocks of two 3×3 convolutions, each with its normalisation, whose sum
 * with the block's input passes the (leaky) ReLU. The first block's first convolution takes the level's step, and its
 * input goes around through averages of that step, and a normalised 1×1 convolution where channels change
 * (ResNet-D).
 *
 * Parameters: `scope.block.B.conv.I.*`, `scope.block.B.norm.I.*`, `scope.block.B.shortcut.*`, and `encoder.stem.*`. Features
 * to tap: `scope.block.B`, `scope`.
 *
 * @param scope what its parameters begin with.
 * @param options channels, blocks, kernels.
 * @returns a level of an encoder.
 * @see Isensee et al., nnU-Net Revisited, 2024, https://arxiv.org/abs/2404.09556; He et al., Bag of Tricks, 2019,
 * https://arxiv.org/abs/1812.01187
 */
export function residualLevel(
  scope: string,
  { spatial, from, to, blocks, stem, form }: ResidualLevelOptions,
): EncoderLevel {
  const stride = form.stride ?? Array<number>(spatial).fill(1);
  const before: Layer[] =
    stem === undefined ? [] : [unit('encoder.stem', 0, { ...onwards(form), spatial, from, to: stem })];
  const inner = Array.from({ length: blocks }, (_, at) => {
    const start = at === 0 ? (stem ?? from) : to;
    return residualUnit(`${scope}.block.${at}`, {
      spatial,
      from: start,
      to,
      form: at === 0 ? form : onwards(form),
    });
  });
  return {
    scope,
    channels: to,
    stride,
    layers: [...before, ...inner],
    taps: [...inner.map((_, at) => `${scope}.block.${at}`), scope],
    *through(x, pass): Features {
      let y = sequence(before).apply(x, pass);
      for (const [at, block] of inner.entries()) {
        y = block.apply(y, pass);
        yield [`${scope}.block.${at}`, y];
      }
      yield [scope, y];
      return y;
    },
  };
}

interface ResidualUnitOptions {
  readonly spatial: 2 | 3;
  readonly from: number;
  readonly to: number;
  readonly form: BlockForm;
}

function residualUnit(scope: string, { spatial, from, to, form }: ResidualUnitOptions): Layer {
  const { stride, norm } = form;
  const first = unit(scope, 0, { ...form, spatial, from, to });
  const second = unit(scope, 1, { ...onwards(form), spatial, from: to, to }, true);
  const name = `${scope}.shortcut`;
  const mixing = convolution(name, { spatial, size: 1, from, to, padding: 'same', bias: norm === 'none' });
  const around = sequence([
    ...(stride?.some((n) => n > 1) ? [averaging(stride)] : []),
    ...(from === to ? [] : [mixing, ...(norm === 'none' ? [] : [normalization(`${name}.norm`, to, form)])]),
  ]);
  return {
    specs: [first, second, around].flatMap(({ specs }) => specs),
    apply: (x, pass) =>
      activated(add(second.apply(first.apply(x, pass), pass), around.apply(x, pass)), form.slope),
  };
}

/** Means of windows as large as the step. */
const averaging = (stride: readonly number[]): Layer => ({
  specs: [],
  apply: (x): Tensor =>
    x.rank === 4
      ? avgPool(x as Tensor4D, stride as [number, number], stride as [number, number], 'valid')
      : avgPool3d(
          x as Tensor5D,
          stride as [number, number, number],
          stride as [number, number, number],
          'valid',
        ),
});
