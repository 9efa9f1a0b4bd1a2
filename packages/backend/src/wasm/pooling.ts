import {
  add,
  backend_util,
  cast,
  equal,
  logicalAnd,
  logicalNot,
  logicalOr,
  maximum,
  mul,
  pad,
  reshape,
  slice,
  stridedSlice,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';

type Attrs = Readonly<Record<string, unknown>>;

/** A pooling window, one entry per spatial axis. */
interface Window {
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** The window of a max pooling over `[N, …space, C]`. */
export function poolingWindow(shape: readonly number[], attrs: Attrs): Window {
  const args = [attrs.filterSize, attrs.strides, 1, attrs.pad, attrs.dimRoundingMode] as const;
  if (shape.length === 5) {
    const info = backend_util.computePool3DInfo(
      shape as never,
      ...(args as unknown as [number, number, number, 'same']),
    );
    const { front, back, top, bottom, left, right } = info.padInfo;
    return {
      input: [info.inDepth, info.inHeight, info.inWidth],
      output: [info.outDepth, info.outHeight, info.outWidth],
      kernel: [info.filterDepth, info.filterHeight, info.filterWidth],
      strides: [info.strideDepth, info.strideHeight, info.strideWidth],
      before: [front, top, left],
      after: [back, bottom, right],
    };
  }
  const info = backend_util.computePool2DInfo(
    shape as never,
    ...(args as unknown as [number, number, number, 'same']),
  );
  const { top, bottom, left, right } = info.padInfo;
  return {
    input: [info.inHeight, info.inWidth],
    output: [info.outHeight, info.outWidth],
    kernel: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    before: [top, left],
    after: [bottom, right],
  };
}

/** Windows that neither overlap nor are padded: what wasm's own kernels do right. */
export const isDisjoint = ({ kernel, strides, before, after }: Window) =>
  kernel.every((k, i) => k <= strides[i]! && before[i] === 0 && after[i] === 0);

const lowest = -3.4e38;

const around = (space: readonly (readonly [number, number])[]): [number, number][] => [
  [0, 0],
  ...space.map(([a, b]): [number, number] => [a, b]),
  [0, 0],
];

/** For each place in the window, in row-major order: where it begins. */
function taps({ kernel }: Window): number[][] {
  return kernel.reduce<number[][]>(
    (all, k) => all.flatMap((tap) => Array.from({ length: k }, (_, i) => [...tap, i])),
    [[]],
  );
}

/** What one place of the window sees in every position: `[N, …output, C]`. */
function seen(padded: Tensor, { output, strides }: Window, tap: readonly number[]): Tensor {
  const [batch, channels] = [padded.shape[0]!, padded.shape.at(-1)!];
  if (strides.every((s) => s === 1)) return slice(padded, [0, ...tap, 0], [batch, ...output, channels]);
  const end = tap.map((t, i) => t + (output[i]! - 1) * strides[i]! + 1);
  return stridedSlice(padded, [0, ...tap, 0], [batch, ...end, channels], [1, ...strides, 1]);
}

const padded = (x: Tensor, { before, after }: Window) =>
  pad(x, around(before.map((b, i) => [b, after[i]!])), lowest);

/** Max pooling from slices and element-wise maxima. */
export function maxPooling(x: Tensor, window: Window): Tensor {
  return tidy(() => {
    const image = padded(x, window);
    return taps(window)
      .map((tap) => seen(image, window, tap))
      .reduce((most, next) => maximum(most, next));
  });
}

/** Its gradient: each output's goes to one place that held the maximum. */
export function maxPoolingGradient(dy: Tensor, x: Tensor, window: Window): Tensor {
  return tidy(() => {
    const image = padded(x, window);
    const largest = maxPooling(x, window);
    const grid = image.shape.slice(1, -1);
    let taken: Tensor | undefined;
    let sum: Tensor | undefined;
    // Among equals TensorFlow.js takes the first in the plane and the last in a volume.
    const places = x.shape.length === 5 ? taps(window).reverse() : taps(window);
    for (const tap of places) {
      const holds = equal(seen(image, window, tap), largest);
      const first = taken === undefined ? holds : logicalAnd(holds, logicalNot(taken));
      taken = taken === undefined ? holds : logicalOr(taken, holds);
      const share = spread(mul(dy, cast(first, 'float32')), window);
      const rest = grid.map((n, i) => n - share.shape[i + 1]! - tap[i]!);
      // The last stride may reach past the image; nothing was put there.
      const fits = share.shape.map((n, axis) =>
        axis === 0 || axis > grid.length ? n : n + Math.min(0, rest[axis - 1]!),
      );
      const placed = pad(
        slice(
          share,
          fits.map(() => 0),
          fits,
        ),
        around(tap.map((t, i) => [t, Math.max(0, rest[i]!)])),
      );
      sum = sum === undefined ? placed : add(sum, placed);
    }
    return slice(sum!, [0, ...window.before, 0], x.shape);
  });
}

/** Puts zeros between the values, as many as a stride passes over. */
function spread(values: Tensor, { strides }: Window): Tensor {
  return strides.reduce((current, stride, i) => {
    if (stride === 1) return current;
    const shape = current.shape;
    const split = reshape(current, [
      shape.slice(0, i + 2).reduce((a, b) => a * b, 1),
      1,
      shape.slice(i + 2).reduce((a, b) => a * b, 1),
    ]);
    const wide = pad(split, [
      [0, 0],
      [0, stride - 1],
      [0, 0],
    ]);
    return reshape(
      wide,
      shape.map((n, axis) => (axis === i + 1 ? n * stride : n)),
    );
  }, values);
}
