import { reshape, type Tensor, tidy, util } from '@tensorflow/tfjs-core';
import type { Attrs } from '../kernels/registry.js';
import { pairs, runOnTexels } from './texels.js';

/** Texels that one thread adds up. Sums of sums lose fewer digits than one long chain, and leave no card idle. */
const length = 64;

/** Below it a sum is not worth more than one program. */
const least = 4096;

/** Whether it is the sum of each channel of an image, over all axes but the last. */
export function isChannelSum(x: Tensor, { axis }: Attrs): boolean {
  const axes = util.parseAxisParam((axis ?? []) as number[], x.shape);
  return (
    x.dtype === 'float32' &&
    x.rank > 1 &&
    x.size >= least &&
    axes.length === x.rank - 1 &&
    axes.every((n) => n !== x.rank - 1)
  );
}

/** Adds up runs of texels one below the other: `[…, W, C]` to `[runs, 1, C]`. */
function shorter(x: Tensor): Tensor {
  const [width, channels] = x.shape.slice(-2) as [number, number];
  const columns = pairs(channels);
  const rows = (x.size / (width * channels)) * pairs(width);
  const beyond = `if (i % ${pairs(width)} == ${pairs(width) - 1}) texel.zw = vec2(0);`;
  return runOnTexels(
    { x },
    [Math.ceil(rows / length), 1, channels],
    `void main() {
      ivec3 at = getOutputCoords();
      int end = min((at[0] + 1) * ${length}, ${rows});
      vec2 sum = vec2(0);
      for (int i = at[0] * ${length}; i < end; i++) {
        vec4 texel = xAt(i * ${columns} + at[2] / 2);
        ${width % 2 === 1 && width > 1 ? beyond : ''}
        sum += ${width === 1 ? 'texel.xy' : 'texel.xy + texel.zw'};
      }
      setOutput(vec4(sum, 0, 0));
    }`,
  );
}

/**
 * The sum of each channel, as the gradient of a bias has it. TensorFlow.js turns the image round first and adds up numbers one by
 * one after that.
 */
export const channelSums = (x: Tensor, { keepDims }: Attrs): Tensor =>
  tidy(() => {
    let sums = shorter(x);
    while (sums.shape[0]! > 1) sums = shorter(sums);
    const channels = x.shape.at(-1)!;
    return reshape(sums, [...(keepDims ? x.shape.slice(1).fill(1) : []), channels]);
  });
