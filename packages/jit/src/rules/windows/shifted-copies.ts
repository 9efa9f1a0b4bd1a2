import type { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';
import { range } from '../../lowering/sizes.js';
import { pad } from './planes.js';
import type { Window } from './window.js';

/** Whether the taps of a window see the image moved by whole pixels. */
export const isShiftable = ({ filterSize, strides, dilations }: Window): boolean =>
  filterSize.length === 2 && [...strides, ...dilations].every((n) => n === 1);

export type Side = 'x' | 'dy';

/** One of the two images whose products make the gradient of a filter. */
export interface Operand {
  /** `[N, channels, …size]`. */
  readonly name: string;
  readonly channels: number;
  readonly size: readonly number[];
  /** Where a tap further on moves it: x towards its start, dy away from it. */
  readonly sign: 1 | -1;
}

export interface Pair {
  readonly batch: number;
  readonly x: Operand;
  readonly dy: Operand;
  readonly window: Window;
}

export const pairOf = (to: Lowering, x: LoweredTensor, dy: LoweredTensor, window: Window): Pair => ({
  batch: x.shape[0]!,
  x: { name: to.name(x, 'first'), channels: x.shape.at(-1)!, size: window.input, sign: -1 },
  dy: { name: to.name(dy, 'first'), channels: dy.shape.at(-1)!, size: window.output, sign: 1 },
  window,
});

export const other = (side: Side): Side => (side === 'x' ? 'dy' : 'x');

/** `[N, channels, h, w]` moved by whole pixels into a frame of `size`: zeros come in, what leaves is cut off. */
export function moved(
  to: Lowering,
  { name, size: from }: Operand,
  by: readonly number[],
  size: readonly number[],
): string {
  const after = size.map((n, axis) => n - from[axis]! - by[axis]!);
  if ([...by, ...after].every((n) => n === 0)) return name;
  if ([...by, ...after].every((n) => n <= 0)) {
    const begin = by.map((n) => -n);
    return to.emit('Slice', [
      name,
      to.ints(begin),
      to.ints(begin.map((b, axis) => b + size[axis]!)),
      to.ints([2, 3]),
    ]);
  }
  return pad(to, name, by, after);
}

/** Bytes of shifted copies that are held at a time: larger images are taken in strips of rows, up to so many. */
const stripBytes = 16e6;
const mostStrips = 8;

/** Where `rows` of so many bytes are cut into strips, both ends included. */
export function stripEdges(rows: number, rowBytes: number): number[] {
  const strips = Math.min(rows, mostStrips, Math.max(1, Math.round((rows * rowBytes) / stripBytes)));
  return range(0, strips + 1).map((i) => Math.round((i * rows) / strips));
}

/** Parts of a sum, each a list of the same matrices, added up one by one. */
export const addedUp = (to: Lowering, parts: readonly (readonly string[])[]): string[] =>
  parts[0]!.map((_, i) => parts.map((part) => part[i]!).reduce((a, b) => to.emit('Add', [a, b])));
