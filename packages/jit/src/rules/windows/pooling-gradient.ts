import { sizeOf } from '@segscape/core';
import type { Lowering } from '../../lowering/lowering.js';
import { range } from '../../lowering/sizes.js';
import type { Window } from './window.js';
import { givenBack, seen, shares } from './window-taps.js';

/** Windows that neither overlap nor leave the image: each input pixel belongs to at most one. */
const disjoint = ({ filterSize, strides, before, after }: Window) =>
  filterSize.every((k, i) => k <= strides[i]! && before[i] === 0 && after[i] === 0);

interface Gradient {
  /** Of the pooled image, channels first. */
  readonly gradient: string;
  readonly window: Window;
  /** Of the image, channels first. */
  readonly shape: readonly number[];
}

/** The gradient put where `MaxPool` found the maxima: fastest on the CPU. */
export function byIndices(
  to: Lowering,
  { gradient, indices, window, shape }: Gradient & { readonly indices: string },
): string {
  if (disjoint(window)) {
    const attributes = { kernel_shape: window.filterSize, strides: window.strides };
    return to.emit('MaxUnpool', [gradient, indices, to.ints(shape)], attributes);
  }
  // Where windows overlap, a pixel may be the maximum of several: their gradients add up.
  const size = sizeOf(shape);
  const zeros = to.emit('Expand', [to.number(0), to.ints([size])]);
  const flat = (name: string) => to.emit('Reshape', [name, to.ints([-1])]);
  const sums = to.emit('ScatterElements', [zeros, flat(indices), flat(gradient)], {
    axis: 0,
    reduction: 'add',
  });
  return to.reshape(sums, [size], shape);
}

interface Compared extends Gradient {
  readonly image: string;
  /** The maxima, channels first. */
  readonly pooled: string;
}

/** Of equal maxima TensorFlow.js takes the first in row order, in volumes the last. */
const takesLast = ({ filterSize }: Window) => filterSize.length === 3;

/** Whether the places that `MaxPool` gives, always the first, are those that TensorFlow.js means. */
export const hasIndices = (to: Lowering, window: Window) => !to.gpu && !takesLast(window);

/**
 * The gradient where the image equals its maximum: for volumes, and for providers that know neither the indices of `MaxPool` nor
 * `MaxUnpool`.
 */
export const byComparison = (to: Lowering, compared: Compared): string =>
  disjoint(compared.window) ? inOwnWindow(to, compared) : fromEveryWindow(to, compared);

/** The axes of an image cut into windows of one stride each: `[N·C·oh, sh, ow, sw]`. */
function inOwnWindow(to: Lowering, { image, pooled, gradient, window, shape }: Compared): string {
  const { filterSize, strides, output, input } = window;
  const lead = shape[0]! * shape[1]!;
  const covered = output.map((n, i) => n * strides[i]!);
  const cells = output.flatMap((n, i) => [n * (i === 0 ? lead : 1), strides[i]!]);
  const corners = output.flatMap((n, i) => [n * (i === 0 ? lead : 1), 1]);
  const inside = range(1, cells.length).filter((axis) => axis % 2 === 1);
  const whole = to.reshape(resized(to, image, input, covered), [], cells);
  const best = to.reshape(pooled, [], corners);
  // Those between the windows, where a stride exceeds the filter, rank nothing.
  const ranks = range(0, sizeOf(strides)).map((tap) => {
    const at = strides.map((s, i) => Math.floor(tap / sizeOf(strides.slice(i + 1))) % s);
    return at.every((a, i) => a < filterSize[i]!) ? (takesLast(window) ? tap + 1 : sizeOf(strides) - tap) : 0;
  });
  const rank = to.graph.constant(
    ranks,
    'float32',
    strides.flatMap((s) => [1, s]),
  );
  const found = to.emit('Where', [to.emit('Equal', [whole, best]), rank, to.number(0)]);
  const top = to.emit('ReduceMax', [found], { axes: inside, keepdims: 1 });
  const chosen = to.emit('Equal', [found, to.emit('Max', [top, to.number(0.5)])]);
  const placed = to.emit('Where', [chosen, to.reshape(gradient, [], corners), to.number(0)]);
  return resized(to, to.reshape(placed, [], [...shape.slice(0, 2), ...covered]), covered, input);
}

/** Cut or padded with zeros at the end of each spatial axis. */
function resized(to: Lowering, name: string, from: readonly number[], size: readonly number[]): string {
  const space = range(2, size.length + 2);
  const smaller = from.map((n, i) => Math.min(n, size[i]!));
  const cut = from.every((n, i) => n === smaller[i])
    ? name
    : to.emit('Slice', [name, to.ints(size.map(() => 0)), to.ints(smaller), to.ints(space)]);
  if (size.every((n, i) => n === smaller[i])) return cut;
  const more = size.map((n, i) => n - smaller[i]!);
  return to.emit('Pad', [cut, to.ints([0, 0, ...size.map(() => 0), 0, 0, ...more]), to.number(0)], {
    mode: 'constant',
  });
}

/** Tap by tap over all windows; a window whose maximum has been met takes no further one. */
function fromEveryWindow(to: Lowering, { image, pooled, gradient, window, shape }: Compared): string {
  const turn = <T>(list: T[]): T[] => (takesLast(window) ? list.reverse() : list);
  const parts = turn(shares(to, turn(seen(to, image, window)), pooled, gradient));
  return givenBack(to, parts, window, shape.slice(0, 2));
}
