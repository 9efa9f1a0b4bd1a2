import {
  add,
  backend_util,
  concat,
  matMul,
  mul,
  reshape,
  slice,
  sum,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { cropped, padded, placed, seen, taps, type Window } from '../pooling/window.js';

type Attrs = Readonly<Record<string, unknown>>;

const product = (values: readonly number[]) => values.reduce((a, b) => a * b, 1);

/** Where a convolution's filter `[…space, in, out]` lies over `[N, …space, C]`. */
function filterWindow(input: readonly number[], filter: readonly number[], attrs: Attrs): Window {
  const [strides, pad] = [attrs.strides as 1, attrs.pad as 'same'];
  if (input.length === 5) {
    const info = backend_util.computeConv3DInfo(input as never, filter as never, strides, 1, pad);
    const { front, back, top, bottom, left, right } = info.padInfo;
    return {
      input: [info.inDepth, info.inHeight, info.inWidth],
      output: [info.outDepth, info.outHeight, info.outWidth],
      kernel: filter.slice(0, 3),
      strides: [info.strideDepth, info.strideHeight, info.strideWidth],
      before: [front, top, left],
      after: [back, bottom, right],
    };
  }
  const info = backend_util.computeConv2DInfo(
    input as never,
    filter as never,
    strides,
    1,
    pad,
    attrs.dimRoundingMode as 'floor' | undefined,
  );
  const { top, bottom, left, right } = info.padInfo;
  return {
    input: [info.inHeight, info.inWidth],
    output: [info.outHeight, info.outWidth],
    kernel: filter.slice(0, 2),
    strides: [info.strideHeight, info.strideWidth],
    before: [top, left],
    after: [bottom, right],
  };
}

/**
 * Gradient of a convolution's filter from the backend's own matrix product: for each tap, the pixels it saw
 * (`[N·space, in]`) times the gradient (`[N·space, out]`).
 */
export function filterGradient(x: Tensor, dy: Tensor, attrs: Attrs): Tensor {
  return tidy(() => {
    const filterShape = attrs.filterShape as number[];
    const [inputs, outputs] = filterShape.slice(-2) as [number, number];
    const window = filterWindow(x.shape, filterShape, attrs);
    const image = padded(x, window);
    const gradient = reshape(dy, [-1, outputs]);
    const parts = taps(window).map((tap) =>
      matMul(reshape(seen(image, window, tap), [-1, inputs]), gradient, true, false),
    );
    return reshape(concat(parts, 0), filterShape);
  });
}

/** Adds what each tap gives back where it lay over the image. */
function gathered(window: Window, share: (tap: number) => Tensor): Tensor {
  const grid = window.input.map((n, i) => n + window.before[i]! + window.after[i]!);
  const whole = taps(window)
    .map((tap, i) => placed(share(i), window, grid, tap))
    .reduce((a, b) => add(a, b));
  return cropped(whole, window);
}

/** Gradient of a convolution's input: for each tap, the gradient times that tap's matrix. */
export function inputGradient(dy: Tensor, filter: Tensor, attrs: Attrs): Tensor {
  return tidy(() => {
    const shape = attrs.inputShape as number[];
    const window = filterWindow(shape, filter.shape, attrs);
    const [inputs, outputs] = filter.shape.slice(-2) as [number, number];
    const matrices = reshape(filter, [product(window.kernel), inputs, outputs]);
    const rows = reshape(dy, [-1, outputs]);
    return gathered(window, (i) => {
      const matrix = reshape(slice(matrices, [i, 0, 0], [1, inputs, outputs]), [inputs, outputs]);
      return reshape(matMul(rows, matrix, false, true), [shape[0]!, ...window.output, inputs]);
    });
  });
}

/** Gradient of a depthwise convolution's filter `[h, w, in, multiplier]`: per tap, sums of products. */
export function depthwiseFilterGradient(x: Tensor, dy: Tensor, attrs: Attrs): Tensor {
  return tidy(() => {
    const filterShape = attrs.filterShape as number[];
    const [inputs, multiplier] = filterShape.slice(-2) as [number, number];
    const window = filterWindow(x.shape, filterShape, attrs);
    const image = padded(x, window);
    const gradient = reshape(dy, [-1, inputs, multiplier]);
    const parts = taps(window).map((tap) =>
      sum(mul(reshape(seen(image, window, tap), [-1, inputs, 1]), gradient), 0, true),
    );
    return reshape(concat(parts, 0), filterShape);
  });
}

/** Gradient of a depthwise convolution's input: per tap, the gradient weighed by channel. */
export function depthwiseInputGradient(dy: Tensor, filter: Tensor, attrs: Attrs): Tensor {
  return tidy(() => {
    const shape = attrs.inputShape as number[];
    const window = filterWindow(shape, filter.shape, attrs);
    const [inputs, multiplier] = filter.shape.slice(-2) as [number, number];
    const weights = reshape(filter, [product(window.kernel), inputs, multiplier]);
    const rows = reshape(dy, [-1, inputs, multiplier]);
    return gathered(window, (i) => {
      const weight = slice(weights, [i, 0, 0], [1, inputs, multiplier]);
      return reshape(sum(mul(rows, weight), 2), [shape[0]!, ...window.output, inputs]);
    });
  });
}
