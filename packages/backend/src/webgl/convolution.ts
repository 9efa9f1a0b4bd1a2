import type { Tensor } from '@tensorflow/tfjs-core';
import type { Window } from '../windows/window.js';
import { pairs, runOnTexels, type Walk, walk } from './texels.js';

/** Numbers from one to another, without the last. */
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** What a convolution reads where: a plan of the shader's constants. */
interface Plan {
  readonly image: Tensor;
  readonly filter: Tensor;
  readonly outputShape: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly before: readonly number[];
  /**
   * Row of the filter's texels `[h · w · in, out]` of a tap, and column: `k` along the channels that are summed, `made` along those
   * that are made.
   */
  readonly weightAt: (row: string, column: number) => readonly [row: string, column: string];
  /** A texel's weights of the first and of the second channel that is summed. */
  readonly halves: readonly [first: string, second: string];
}

/**
 * A texel of the output holds two columns and two channels. For each row of the filter and each pair of channels it reads the
 * texels of all columns under the filter once, and one of weights for each tap: eight products for about two reads, without a
 * matrix of patches on the way.
 */
function convolve({ image, filter, outputShape, kernel, strides, before, weightAt, halves }: Plan): Tensor {
  const [, height, width, channels] = image.shape as [number, number, number, number];
  const [columnPairs, channelPairs] = [pairs(width), pairs(channels)];
  const [wide, stride] = [kernel[1]!, strides[1]!];
  /** Columns from the first output's own; their texels, and which half of one they are. */
  const offsets = range(0, wide).flatMap((tap) => [tap - before[1]!, tap + stride - before[1]!]);
  const first = Math.floor(Math.min(...offsets) / 2);
  const texels = range(first, Math.floor(Math.max(...offsets) / 2) + 1);
  const column = (offset: number) => {
    const texel = Math.floor(offset / 2);
    return `x${texel - first}.${offset === 2 * texel ? 'xy' : 'zw'}`;
  };
  const outputPairs = pairs(filter.shape[3]!);
  const reads = ({ texel: read }: Walk) =>
    texels.map(
      (texel, i) => `vec4 x${i} = in${i} ? ${read(`at${i}`, 'k')} : vec4(0);
      ${width % 2 === 1 ? `if (pair + ${texel} == ${columnPairs - 1}) x${i}.zw = vec2(0);` : ''}`,
    );
  const isOdd = channels % 2 === 1;
  const cleared = isOdd
    ? `if (k == ${channelPairs - 1}) { ${texels.map((_, i) => `x${i}.yw = vec2(0);`).join(' ')} }`
    : '';
  const products = (whole: boolean) =>
    range(0, wide).map((tap) => {
      const [weightRow, weightColumn] = weightAt('i', tap);
      const place = whole
        ? `ivec2(${weightColumn}, ${weightRow})`
        : `weightsPlace((${weightRow}) * ${outputPairs} + ${weightColumn})`;
      const [one, two] = [column(tap - before[1]!), column(tap + stride - before[1]!)];
      return `w = texelFetch(weights, ${place}, 0);
      ${isOdd ? `if (k == ${channelPairs - 1}) w.${halves[1]} = vec2(0);` : ''}
      one = ${one}; two = ${two};
      sum += vec4(one.x * w.${halves[0]}, two.x * w.${halves[0]});
      sum += vec4(one.y * w.${halves[1]}, two.y * w.${halves[1]});`;
    });
  return runOnTexels({ image, weights: filter }, outputShape, (columns) => {
    const along = walk('image', columns.image, channelPairs, 1);
    return `void main() {
      ivec4 at = getOutputCoords();
      int pair = at[2] / 2 * ${stride};
      int made = at[3] / 2;
      ${texels.map((texel, i) => `bool in${i} = pair + ${texel} >= 0 && pair + ${texel} < ${columnPairs};`).join('\n')}
      vec4 sum = vec4(0);
      vec4 w;
      vec2 one, two;
      for (int i = 0; i < ${kernel[0]}; i++) {
        int row = at[1] * ${strides[0]} + i - ${before[0]};
        if (row < 0 || row >= ${height}) continue;
        int line = (at[0] * ${height} + row) * ${columnPairs};
        ${texels.map((texel, i) => `${along.type} at${i} = ${along.start(`(line + pair + ${texel}) * ${channelPairs}`)};`).join('\n')}
        for (int k = 0; k < ${channelPairs}; k++) {
          ${reads(along).join('\n')}
          ${cleared}
          ${products(columns.weights === outputPairs).join('\n')}
        }
      }
      setOutput(sum);
    }`;
  });
}

/** `[N, H, W, in]` by a filter `[h, w, in, out]`. */
export function convolution(
  image: Tensor,
  filter: Tensor,
  { output, kernel, strides, before }: Window,
): Tensor {
  const inputs = pairs(filter.shape[2]!);
  return convolve({
    image,
    filter,
    outputShape: [image.shape[0]!, ...output, filter.shape[3]!],
    kernel,
    strides,
    before,
    weightAt: (row, column) => [`(${row} * ${kernel[1]} + ${column}) * ${inputs} + k`, 'made'],
    halves: ['xy', 'zw'],
  });
}

/**
 * The gradient of an image under a filter that moves by one pixel: a convolution of the gradient by the filter turned round, what
 * it made summed.
 */
export function inputGradient(dy: Tensor, filter: Tensor, { input, kernel, before }: Window): Tensor {
  const inputs = pairs(filter.shape[2]!);
  return convolve({
    image: dy,
    filter,
    outputShape: [dy.shape[0]!, ...input, filter.shape[2]!],
    kernel,
    strides: [1, 1],
    before: kernel.map((size, axis) => size - 1 - before[axis]!),
    weightAt: (row, column) => [
      `((${kernel[0]! - 1} - ${row}) * ${kernel[1]} + ${kernel[1]! - 1 - column}) * ${inputs} + made`,
      'k',
    ],
    halves: ['xz', 'yw'],
  });
}
