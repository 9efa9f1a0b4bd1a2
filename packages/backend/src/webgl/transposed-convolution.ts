import type { Tensor } from '@tensorflow/tfjs-core';
import type { Window } from '../windows/window.js';
import { pairs, runOnTexels } from './texels.js';

/**
 * The gradient of an image under a filter that moves by two columns, which is also the transposed convolution of up-sampling: a
 * column has something of every other tap alone, so that which taps the two columns of a texel have is known beforehand.
 */
export function inputGradientByTwo(
  dy: Tensor,
  filter: Tensor,
  { input, kernel, strides, before }: Window,
): Tensor {
  const [, height, width, channels] = dy.shape as [number, number, number, number];
  const [inputs, channelPairs] = [pairs(filter.shape[2]!), pairs(channels)];
  /** Taps that reach a texel's first column and its second, and the gradient's column that each takes, from the half of theirs. */
  const taps = Array.from({ length: kernel[1]! }, (_, tap) => {
    const half = Math.abs(before[1]! - tap) % 2;
    return { tap, half, from: (half + before[1]! - tap) / 2 };
  });
  const columns = [...new Set(taps.map(({ from }) => from))].map((from, i) => ({ from, name: `x${i}` }));
  const nameOf = (from: number) => columns.find((column) => column.from === from)!.name;
  const isOdd = channels % 2 === 1;
  const last = `if (k == ${channelPairs - 1})`;
  const reads = columns.map(
    ({ name }) => `vec4 ${name}t = ${name}in ? dyAt((line + ${name}c / 2) * ${channelPairs} + k) : vec4(0);
      vec2 ${name} = (${name}c & 1) == 0 ? ${name}t.xy : ${name}t.zw;
      ${isOdd ? `${last} ${name}.y = 0.;` : ''}`,
  );
  const products = taps.map(({ tap, half, from }) => {
    const [name, part] = [nameOf(from), half === 0 ? 'xy' : 'zw'];
    return `w = weightsAt(((i * ${kernel[1]} + ${tap}) * ${inputs} + made) * ${channelPairs} + k);
      ${isOdd ? `${last} w.yw = vec2(0);` : ''}
      sum.${part} += ${name}.x * w.xz;
      sum.${part} += ${name}.y * w.yw;`;
  });
  return runOnTexels(
    { dy, weights: filter },
    [dy.shape[0]!, ...input, filter.shape[2]!],
    `void main() {
      ivec4 at = getOutputCoords();
      int made = at[3] / 2;
      ${columns
        .map(
          ({ from, name }) => `int ${name}c = at[2] / 2 + ${from};
      bool ${name}in = ${name}c >= 0 && ${name}c < ${width};`,
        )
        .join('\n')}
      vec4 sum = vec4(0);
      vec4 w;
      for (int i = 0; i < ${kernel[0]}; i++) {
        int reached = at[1] + ${before[0]} - i;
        int row = reached / ${strides[0]};
        if (reached < 0 || row * ${strides[0]} != reached || row >= ${height}) continue;
        int line = (at[0] * ${height} + row) * ${pairs(width)};
        for (int k = 0; k < ${channelPairs}; k++) {
          ${reads.join('\n')}
          ${products.join('\n')}
        }
      }
      setOutput(sum);
    }`,
  );
}
