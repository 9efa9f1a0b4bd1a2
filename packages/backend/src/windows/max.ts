import {
  add,
  cast,
  concat,
  equal,
  maxPool,
  mul,
  reshape,
  sub,
  type Tensor,
  type Tensor4D,
  tidy,
  transpose,
  util,
  zeros,
} from '@tensorflow/tfjs-core';
import { everyNth, padRows, stretch } from '../kernels/axis-by-axis.js';
import type { Window } from './window.js';

/** Finite, since shaders have no word for infinity. */
const lowest = -3.4e38;

/** Pooling along one axis of `[…front, n, …back]`. */
interface Axis {
  readonly front: readonly number[];
  readonly back: readonly number[];
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  readonly before: number;
  readonly after: number;
}

/** Which place held the maximum: per place of the window 1 or 0 for each output and for all that lies beside, `[output, rest]`. */
interface Winners extends Axis {
  readonly masks: readonly Tensor[];
}

/** `[…front, n, …back]` as `[1, n, front·back]`, so that what lies at one place is one run of numbers. */
function laidOut(x: Tensor, { front, back }: Axis, n: number): Tensor {
  const [outer, inner] = [util.sizeFromShape([...front]), util.sizeFromShape([...back])];
  const rows = reshape(x, [outer, n, inner]);
  return reshape(outer === 1 ? rows : transpose(rows, [1, 0, 2]), [1, n, outer * inner]);
}

/** The transpose of {@link laidOut}. */
function putBack(rows: Tensor, { front, back }: Axis, n: number): Tensor {
  const [outer, inner] = [util.sizeFromShape([...front]), util.sizeFromShape([...back])];
  const ordered = outer === 1 ? rows : transpose(reshape(rows, [n, outer, inner]), [1, 0, 2]);
  return reshape(ordered, [...front, n, ...back]);
}

/** What one place of the window sees of padded rows, `[1, output, rest]`. */
const seen = (rows: Tensor, { stride, output }: Axis, tap: number) => everyNth(rows, tap, stride, output);

/**
 * The maximum over a box is that of maxima along one axis after the other, and the box's first (or last) place that holds
 * it is found by asking each axis in turn. Yields the axes from the innermost on.
 */
function winners(x: Tensor, window: Window): Winners[] {
  // Among equals TensorFlow.js takes the first in the plane and the last in a volume.
  const lastFirst = window.input.length === 3;
  const all: Winners[] = [];
  let current = x;
  for (let i = window.input.length - 1; i >= 0; i--) {
    const axis: Axis = {
      front: current.shape.slice(0, i + 1),
      back: current.shape.slice(i + 2),
      input: window.input[i]!,
      output: window.output[i]!,
      kernel: window.kernel[i]!,
      stride: window.strides[i]!,
      before: window.before[i]!,
      after: window.after[i]!,
    };
    if (axis.kernel === 1 && axis.stride === 1) continue;
    const { output, kernel, stride, before, after } = axis;
    const whole = before + axis.input + after;
    const rows = stretch(laidOut(current, axis, axis.input), -before, whole, lowest);
    const tall = reshape(rows, [1, rows.shape[1]!, 1, rows.shape[2]!]) as Tensor4D;
    const largest = kernel === 1 ? seen(rows, axis, 0) : maxPool(tall, [kernel, 1], [stride, 1], 'valid');
    const most = reshape(largest, [1, output, rows.shape[2]!]);
    const order = Array.from({ length: kernel }, (_, k) => (lastFirst ? kernel - 1 - k : k));
    const masks: Tensor[] = [];
    let taken: Tensor | undefined;
    for (const tap of order) {
      const holds = cast(equal(seen(rows, axis, tap), most), 'float32');
      const wins = taken === undefined ? holds : mul(holds, sub(1, taken));
      taken = taken === undefined ? holds : add(taken, wins);
      masks[tap] = wins;
    }
    all.push({ ...axis, masks });
    current = putBack(most, axis, output);
  }
  return all;
}

/** Puts what each place of the window gets where it lay along the axis; the places of one remainder by the stride at once. */
function spread(rows: Tensor, axis: Winners): Tensor {
  const { kernel, stride, output, before, input, masks } = axis;
  const reach = Math.ceil(kernel / stride) - 1;
  const rest = rows.shape[2]!;
  const remainders = Array.from({ length: stride }, (_, r) => {
    const shares = masks.flatMap((mask, tap) =>
      tap % stride === r
        ? [padRows(mul(rows, mask), Math.floor(tap / stride), reach - Math.floor(tap / stride))]
        : [],
    );
    return shares.length === 0 ? zeros([1, output + reach, rest]) : shares.reduce((a, b) => add(a, b));
  });
  const length = (output + reach) * stride;
  const grid = reshape(stride === 1 ? remainders[0]! : concat(remainders, 2), [1, length, rest]);
  return stretch(grid, before, input);
}

/** Gradient of max pooling: each output's goes to the one place that held the maximum. */
export const maxPoolingGradient = (dy: Tensor, x: Tensor, window: Window): Tensor =>
  tidy(() =>
    winners(x, window).reduceRight(
      (gradient, axis) => putBack(spread(laidOut(gradient, axis, axis.output), axis), axis, axis.input),
      dy,
    ),
  );

/** The transpose of that: each output takes what `values`, shaped like x, has where the maximum was. */
export const atMaximum = (values: Tensor, x: Tensor, window: Window): Tensor =>
  tidy(() =>
    winners(x, window).reduce((current, axis) => {
      const whole = axis.before + axis.input + axis.after;
      const rows = stretch(laidOut(current, axis, axis.input), -axis.before, whole);
      const taken = axis.masks
        .map((mask, tap) => mul(seen(rows, axis, tap), mask))
        .reduce((a, b) => add(a, b));
      return putBack(taken, axis, axis.output);
    }, values),
  );
