import {
  add,
  concat,
  image,
  reshape,
  sum,
  type Tensor,
  type Tensor4D,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import { everyNth, padRows, stretch } from '../kernels/axis-by-axis.js';
import type { Attrs } from '../kernels/registry.js';
import { filterWindow, inSpace } from '../windows/filter-window.js';
import { cropped, type Window, withZeros } from '../windows/window.js';
import { asPlanes, convolvePlanes, part } from './planes.js';

/**
 * One axis of an input's gradient. Pixel q·stride + r of the padded input was seen by output q - a through tap
 * a·stride + r, so the pixels of each remainder r are a convolution of the output's gradient with every stride-th tap.
 */
interface Axis {
  readonly stride: number;
  readonly taps: number;
  readonly outputs: number;
  /** The first quotient q that lies in the image, and how many do. */
  readonly first: number;
  readonly count: number;
}

const axesOf = ({ input, output, kernel, strides, before }: Window): Axis[] =>
  strides.map((stride, i) => {
    const first = Math.floor(before[i]! / stride);
    const last = Math.floor((before[i]! + input[i]! - 1) / stride);
    return { stride, taps: kernel[i]!, outputs: output[i]!, first, count: last - first + 1 };
  });

/** The taps of a remainder, in the order of q - a. */
const tapsOf = ({ stride, taps }: Axis, r: number): number[] =>
  Array.from({ length: Math.max(0, Math.ceil((taps - r) / stride)) }, (_, a) => r + a * stride).reverse();

/** Zeros around the outputs so that a convolution with `taps` gives every quotient; below zero, outputs that none needs. */
const borderOf = ({ outputs, first, count }: Axis, taps: number): readonly [number, number] => [
  taps - 1 - first,
  first + count - outputs,
];

/** Turns the order of the middle axis of `[outer, n, inner]`. */
const turned = (rows: Tensor): Tensor =>
  rows.shape[1] === 1
    ? rows
    : reshape(
        image.flipLeftRight(reshape(rows, [rows.shape[0]!, 1, rows.shape[1]!, rows.shape[2]!]) as Tensor4D),
        rows.shape,
      );

/**
 * The filter `[d, h, w, in, out]` for convolving the gradient: `[d·h, taps of a remainder along w, out, remainder · in]`,
 * so that the pixels of all remainders come out side by side, as they lie in the image.
 */
function acrossWidth(filter: Tensor, { stride }: Axis): Tensor {
  const [d, h, w, inputs, outputs] = filter.shape as [number, number, number, number, number];
  const taps = Math.ceil(w / stride);
  const whole = padRows(reshape(filter, [d * h, w, inputs * outputs]), 0, taps * stride - w);
  const ordered = turned(reshape(whole, [d * h, taps, stride * inputs * outputs]));
  const swapped = transpose(reshape(ordered, [d * h * taps, stride * inputs, outputs]), [0, 2, 1]);
  return reshape(swapped, [d, h, taps, outputs, stride * inputs]);
}

/** Whether `dy` is shaped as what the convolution makes of such an input. */
export function isGradientOf(dy: Tensor, filter: Tensor, attrs: Attrs): boolean {
  const { output } = filterWindow(attrs.inputShape as number[], filter.shape, { ...attrs, dilations: 1 });
  return output.every((n, i) => n === dy.shape[i + 1]);
}

/**
 * Gradient of a convolution's input, as convolutions of the output's: the remainders along the width in one, those of
 * rows and planes one after the other.
 */
export function inputGradient(dy: Tensor, filter: Tensor, attrs: Attrs): Tensor {
  return tidy(() => {
    const shape = attrs.inputShape as number[];
    const space = inSpace(filterWindow(shape, filter.shape, { ...attrs, dilations: 1 }));
    const [batch, inputs] = [shape[0]!, shape.at(-1)!];
    const [planeAxis, rowAxis, columnAxis] = axesOf(space) as [Axis, Axis, Axis];
    const outputs = dy.shape.at(-1)!;
    const wide = acrossWidth(reshape(filter, [...space.kernel, ...filter.shape.slice(-2)]), columnAxis);
    const width = wide.shape[2]!;
    const planes = asPlanes(dy, space.output[0]!);
    const rowLength = columnAxis.count * columnAxis.stride * inputs;
    const [images, length] = [batch * planeAxis.count, rowAxis.count * rowLength];

    /** The rows of one remainder, for the planes that one tap of the depth gives. */
    const rows = (seen: Tensor, filterRows: Tensor, r: number): Tensor => {
      const chosen = tapsOf(rowAxis, r);
      if (chosen.length === 0) return zeros([images * rowAxis.count, 1, rowLength]);
      const taken = turned(
        everyNth(reshape(filterRows, [1, filterRows.shape[0]!, -1]), r, rowAxis.stride, chosen.length),
      );
      const part = reshape(taken, [chosen.length, width, outputs, columnAxis.stride * inputs]);
      const border = [borderOf(rowAxis, chosen.length), borderOf(columnAxis, width)];
      return reshape(convolvePlanes(seen, part, { border }), [images * rowAxis.count, 1, rowLength]);
    };

    const plane = (r: number): Tensor => {
      const chosen = tapsOf(planeAxis, r);
      if (chosen.length === 0) return zeros([images, 1, rowAxis.stride * length]);
      const shares = chosen.map((tap, i) => {
        const start = planeAxis.first - (chosen.length - 1 - i);
        const seen = reshape(stretch(planes, start, planeAxis.count), [
          images,
          space.output[1]!,
          space.output[2]!,
          outputs,
        ]);
        const filterRows = part(wide, tap);
        return concat(
          Array.from({ length: rowAxis.stride }, (_, r) => rows(seen, filterRows, r)),
          1,
        );
      });
      return reshape(
        shares.reduce((a, b) => add(a, b)),
        [images, 1, rowAxis.stride * length],
      );
    };

    const all = concat(
      Array.from({ length: planeAxis.stride }, (_, r) => plane(r)),
      1,
    );
    const axes = [planeAxis, rowAxis, columnAxis];
    const grid = reshape(all, [batch, ...axes.map(({ count, stride }) => count * stride), inputs]);
    const within = {
      ...space,
      before: axes.map(({ first, stride }, i) => space.before[i]! - first * stride),
    };
    return reshape(cropped(grid, within), shape);
  });
}

/**
 * Gradient of a depthwise convolution's input: the output's, with zeros where a stride passed over, convolved channel by
 * channel with the filter turned around.
 */
export function depthwiseInputGradient(dy: Tensor, filter: Tensor, attrs: Attrs): Tensor {
  return tidy(() => {
    const shape = attrs.inputShape as number[];
    const { input, kernel, strides, before } = filterWindow(shape, filter.shape, { ...attrs, dilations: 1 });
    const [inputs, multiplier] = filter.shape.slice(-2) as [number, number];
    const channels = inputs * multiplier;
    const spread = withZeros(dy, [1, ...strides, 1]);
    const around = reshape(turned(reshape(filter, [1, kernel[0]! * kernel[1]!, channels])), [
      ...kernel,
      channels,
      1,
    ]);
    const border = kernel.map((k, i) => {
      const start = k - 1 - before[i]!;
      return [start, input[i]! + k - 1 - spread.shape[i + 1]! - start] as const;
    });
    const shares = convolvePlanes(spread, around, { border }, 'DepthwiseConv2dNative');
    return multiplier === 1 ? shares : reshape(sum(reshape(shares, [-1, inputs, multiplier]), 2), shape);
  });
}
