import type { Tensor } from '@tensorflow/tfjs-core';
import type { Window } from '../windows/window.js';
import { pairs, runOnTexels, walk } from './texels.js';

/**
 * The gradient of an image under a filter that moves by any steps, which is also the transposed convolution of up-sampling: for
 * each of the two columns of a texel, the taps that some place of the filter laid on it.
 */
export function stridedInputGradient(
  dy: Tensor,
  filter: Tensor,
  { input, kernel, strides, before }: Window,
): Tensor {
  const [, height, width, channels] = dy.shape as [number, number, number, number];
  const [inputs, channelPairs] = [pairs(filter.shape[2]!), pairs(channels)];
  const beyond = `if (k == ${channelPairs - 1}) { g.y = 0.; w.yw = vec2(0); }`;
  return runOnTexels({ dy, weights: filter }, [dy.shape[0]!, ...input, filter.shape[2]!], (columns) => {
    const along = walk('dy', columns.dy, channelPairs, 1);
    const weights = walk('weights', columns.weights, channelPairs, 1);
    return `void main() {
      ivec4 at = getOutputCoords();
      int made = at[3] / 2;
      vec4 sum = vec4(0);
      for (int i = 0; i < ${kernel[0]}; i++) {
        int below = at[1] + ${before[0]} - i;
        int row = below / ${strides[0]};
        if (below < 0 || row * ${strides[0]} != below || row >= ${height}) continue;
        int line = (at[0] * ${height} + row) * ${pairs(width)};
        for (int tap = 0; tap < ${kernel[1]}; tap++) {
          ${weights.type} weight = ${weights.start(`((i * ${kernel[1]} + tap) * ${inputs} + made) * ${channelPairs}`)};
          for (int second = 0; second < 2; second++) {
            int beside = at[2] + second + ${before[1]} - tap;
            int column = beside / ${strides[1]};
            if (beside < 0 || column * ${strides[1]} != beside || column >= ${width}) continue;
            ${along.type} slope = ${along.start(`(line + column / 2) * ${channelPairs}`)};
            vec2 part = vec2(0);
            for (int k = 0; k < ${channelPairs}; k++) {
              vec4 texel = ${along.texel('slope', 'k')};
              vec2 g = (column & 1) == 0 ? texel.xy : texel.zw;
              vec4 w = ${weights.texel('weight', 'k')};
              ${channels % 2 === 1 ? beyond : ''}
              part += g.x * w.xz;
              part += g.y * w.yw;
            }
            if (second == 0) sum.xy += part; else sum.zw += part;
          }
        }
      }
      setOutput(sum);
    }`;
  });
}
