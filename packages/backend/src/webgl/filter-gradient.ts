import { reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Window } from '../windows/window.js';
import { pairs, runOnTexels, type Walk, walk } from './texels.js';

/** Texels that are worked on at once: fewer leave a graphics card idle. */
const atOnce = 2 ** 15;

/** Code of two columns of the image under a tap, `p` pairs along the gradient's row. */
const columnsByOne = (width: number, { type, texel }: Walk) => ({
  // A texel of an odd tap has the second half of one of the image's and the first half of the next, which serves twice.
  declared: `
    vec4 pairAt(${type} start, int p) {
      if (p < 0 || p >= ${pairs(width)}) return vec4(0);
      vec4 texel = ${texel('start', 'p')};
      ${width % 2 === 1 ? `if (p == ${pairs(width) - 1}) texel.zw = vec2(0);` : ''}
      return texel;
    }`,
  before: 'vec4 here = odd ? pairAt(start, shift >> 1) : vec4(0);',
  read: `vec4 next = pairAt(start, p + ((shift + 1) >> 1));
    vec4 seen = odd ? vec4(here.zw, next.xy) : next;
    here = next;`,
});

const columnsByMore = (width: number, { type, texel }: Walk, stride: number) => ({
  declared: `
    vec2 columnAt(${type} start, int column) {
      if (column < 0 || column >= ${width}) return vec2(0);
      vec4 texel = ${texel('start', 'column / 2')};
      return (column & 1) == 0 ? texel.xy : texel.zw;
    }`,
  before: '',
  read: `int column = 2 * p * ${stride} + shift;
    vec4 seen = vec4(columnAt(start, column), columnAt(start, column + ${stride}));`,
});

/**
 * What each strip of the gradient's rows gives the filter: `[strips, h · w, in, out]`. TensorFlow.js gives each weight to one
 * thread, which goes through all pixels of the batch: a few hundred long threads, where a card has room for thousands.
 */
function shares(image: Tensor, dy: Tensor, window: Window, strips: number): Tensor {
  const { kernel, strides, before } = window;
  const [batch, height, width, inputs] = image.shape as [number, number, number, number];
  const [, rows, columns, outputs] = dy.shape as [number, number, number, number];
  const [inputPairs, outputPairs, columnPairs] = [pairs(inputs), pairs(outputs), pairs(columns)];
  const lines = batch * rows;
  return runOnTexels({ image, dy }, [strips, kernel[0]! * kernel[1]!, inputs, outputs], (texels) => {
    const along = walk('image', texels.image, pairs(width), inputPairs);
    const slopes = walk('dy', texels.dy, columnPairs, outputPairs);
    const seen = strides[1] === 1 ? columnsByOne(width, along) : columnsByMore(width, along, strides[1]!);
    return `${seen.declared}
    void main() {
      ivec4 at = getOutputCoords();
      int tap = at[1] / ${kernel[1]};
      int shift = at[1] - tap * ${kernel[1]} - ${before[1]};
      bool odd = (shift & 1) != 0;
      int line = at[0] * ${Math.ceil(lines / strips)};
      int end = min(line + ${Math.ceil(lines / strips)}, ${lines});
      vec4 sum = vec4(0);
      for (; line < end; line++) {
        int picture = line / ${rows};
        int row = (line - picture * ${rows}) * ${strides[0]} + tap - ${before[0]};
        if (row < 0 || row >= ${height}) continue;
        ${along.type} start = ${along.start(`(picture * ${height} + row) * ${pairs(width) * inputPairs} + at[2] / 2`)};
        ${slopes.type} slope = ${slopes.start(`line * ${columnPairs * outputPairs} + at[3] / 2`)};
        ${seen.before}
        for (int p = 0; p < ${columnPairs}; p++) {
          vec4 g = ${slopes.texel('slope', 'p')};
          ${seen.read}
          ${columns % 2 === 1 ? `if (p == ${columnPairs - 1}) { g.zw = vec2(0); seen.zw = vec2(0); }` : ''}
          sum += vec4(seen.x * g.xy, seen.y * g.xy);
          sum += vec4(seen.z * g.zw, seen.w * g.zw);
        }
      }
      setOutput(sum);
    }`;
  });
}

function sumOfStrips(parts: Tensor): Tensor {
  const [strips, taps, inputs, outputs] = parts.shape as [number, number, number, number];
  const [rows, columns] = [pairs(inputs), pairs(outputs)];
  return runOnTexels(
    { parts },
    [1, taps, inputs, outputs],
    `void main() {
      ivec4 at = getOutputCoords();
      int texel = (at[1] * ${rows} + at[2] / 2) * ${columns} + at[3] / 2;
      vec4 sum = vec4(0);
      for (int strip = 0; strip < ${strips}; strip++) sum += partsAt(strip * ${taps * rows * columns} + texel);
      setOutput(sum);
    }`,
  );
}

/** The gradient of a filter `[h, w, in, out]` under which an image `[N, H, W, in]` got the gradient `dy`. */
export function filterGradient(image: Tensor, dy: Tensor, window: Window): Tensor {
  const [inputs, outputs] = [image.shape[3]!, dy.shape[3]!];
  const texels = window.kernel[0]! * window.kernel[1]! * pairs(inputs) * pairs(outputs);
  const lines = dy.shape[0]! * dy.shape[1]!;
  const strips = Math.min(lines, Math.ceil(atOnce / texels));
  return tidy(() => {
    const parts = shares(image, dy, window, strips);
    return reshape(strips === 1 ? parts : sumOfStrips(parts), [...window.kernel, inputs, outputs]);
  });
}
