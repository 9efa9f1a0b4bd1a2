import { add, concat, mul, reshape, slice, sum, type Tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import { everyNth, stretch } from '../kernels/axis-by-axis.js';
import type { Attrs } from '../kernels/registry.js';
import { filterWindow, inSpace } from '../windows/filter-window.js';
import { padded, seen, taps, type Window } from '../windows/window.js';
import { asPlanes, convolvePlanes } from './planes.js';

/** Longer sums are added up from the sums of their halves, since a chain of float32 additions loses digits with its length. */
const longestSum = 2 ** 16;

/** What the filter's taps `[d, h·w, in, out]` get from the whole of a gradient. */
function share(x: Tensor, dy: Tensor, { input, output, kernel, strides, before, after }: Window): Tensor {
  const [inputs, outputs] = [x.shape.at(-1)!, dy.shape.at(-1)!];
  const count = x.shape[0]! * output[0]!;
  const planes = stretch(asPlanes(x, input[0]!), -before[0]!, before[0]! + input[0]! + after[0]!);
  const gradient = transpose(reshape(dy, [count, output[1]! * output[2]!, outputs]), [1, 0, 2]);
  const filter = reshape(gradient, [output[1]!, output[2]!, count, outputs]);
  const taps = Array.from({ length: kernel[0]! }, (_, tap) => {
    const seen = everyNth(planes, tap, strides[0]!, output[0]!);
    const channels = transpose(reshape(seen, [count, input[1]! * input[2]!, inputs]), [2, 1, 0]);
    const wide = convolvePlanes(reshape(channels, [inputs, input[1]!, input[2]!, count]), filter, {
      dilations: strides.slice(1),
      border: [
        [before[1]!, after[1]!],
        [before[2]!, after[2]!],
      ],
    });
    // Pixels that no stride reaches made more of them than the filter has.
    const exact = slice(wide, [0, 0, 0, 0], [inputs, kernel[1]!, kernel[2]!, outputs]);
    return transpose(reshape(exact, [inputs, kernel[1]! * kernel[2]!, outputs]), [1, 0, 2]);
  });
  return concat(taps, 0);
}

const replaced = (values: readonly number[], value: number) => [values[0]!, value, values[2]!];

/** The same from some of the gradient's rows: they and the pixels that they saw. */
function shareOfRows(x: Tensor, dy: Tensor, window: Window, start: number, count: number): Tensor {
  const { input, output, kernel, strides, before } = window;
  const planes = x.shape[0]! * input[0]!;
  const [first, rows] = [start * strides[1]! - before[1]!, (count - 1) * strides[1]! + kernel[1]!];
  const seen = stretch(reshape(x, [planes, input[1]!, -1]), first, rows);
  const part = stretch(reshape(dy, [x.shape[0]! * output[0]!, output[1]!, -1]), start, count);
  return sumOfShares(
    reshape(seen, [x.shape[0]!, input[0]!, rows, input[2]!, x.shape.at(-1)!]),
    reshape(part, [x.shape[0]!, output[0]!, count, output[2]!, dy.shape.at(-1)!]),
    {
      ...window,
      input: replaced(input, rows),
      output: replaced(output, count),
      before: replaced(before, 0),
      after: replaced(window.after, 0),
    },
  );
}

function sumOfShares(x: Tensor, dy: Tensor, window: Window): Tensor {
  const rows = window.output[1]!;
  if (rows === 1 || dy.size / dy.shape.at(-1)! <= longestSum) return share(x, dy, window);
  const half = Math.ceil(rows / 2);
  return tidy(() => add(shareOfRows(x, dy, window, 0, half), shareOfRows(x, dy, window, half, rows - half)));
}

/**
 * Gradient of a convolution's filter. What a tap of it gets is a sum over all pixels, so it is itself a convolution, with
 * the gradient for a filter: channels of the image take the place of its batch, batch and planes that of its channels,
 * strides that of dilations.
 */
export function filterGradient(x: Tensor, dy: Tensor, attrs: Attrs): Tensor {
  const filterShape = attrs.filterShape as number[];
  const window = inSpace(filterWindow(x.shape, filterShape, { ...attrs, dilations: 1 }));
  return tidy(() => reshape(sumOfShares(x, dy, window), filterShape));
}

/** Gradient of a depthwise convolution's filter `[h, w, in, multiplier]`: per tap, sums of products. */
export function depthwiseFilterGradient(x: Tensor, dy: Tensor, attrs: Attrs): Tensor {
  return tidy(() => {
    const filterShape = attrs.filterShape as number[];
    const [inputs, multiplier] = filterShape.slice(-2) as [number, number];
    const window = filterWindow(x.shape, filterShape, { ...attrs, dilations: 1 });
    const image = padded(x, window);
    const gradient = reshape(dy, [-1, inputs, multiplier]);
    const parts = taps(window).map((tap) =>
      sum(mul(reshape(seen(image, window, tap), [-1, inputs, 1]), gradient), 0, true),
    );
    return reshape(concat(parts, 0), filterShape);
  });
}
