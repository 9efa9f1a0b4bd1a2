import { correlate, joined, pad } from './correlate.js';
import type { Window } from './geometry.js';
import { axes, type Lowering, product } from './lowering.js';
import type { Value } from './value.js';

/** Whether the taps of a window see the image moved by whole pixels. */
export const isShiftable = ({ kernel, strides, dilations }: Window): boolean =>
  kernel.length === 2 && [...strides, ...dilations].every((n) => n === 1);

/** What a copy of an operand costs more than a shifted one when the other operand is read once for each tap. */
const rereading = 1.5;

type Side = 'x' | 'dy';

interface Operand {
  /** `[N, channels, …size]`. */
  readonly name: string;
  readonly channels: number;
  readonly size: readonly number[];
  /** Where a tap further on moves it: x towards its start, dy away from it. */
  readonly sign: 1 | -1;
}

interface Pair {
  readonly batch: number;
  readonly x: Operand;
  readonly dy: Operand;
  readonly window: Window;
}

const other = (side: Side): Side => (side === 'x' ? 'dy' : 'x');

/**
 * The kernel's gradient from shifted copies, `[kh, kw, in, out]`. Copying is what costs beside the products themselves, so the cheapest
 * of four ways is taken: the columns of one operand are shifted and joined, and the rows of the other shifted (kw copies of the first,
 * written twice, and kh of the second), or one of them alone is shifted, for every tap.
 */
export function shifted(to: Lowering, x: Value, dy: Value, window: Window): string {
  const [kh, kw] = window.kernel as [number, number];
  const pair: Pair = {
    batch: x.shape[0]!,
    x: { name: to.name(x, 'first'), channels: x.shape.at(-1)!, size: window.input, sign: -1 },
    dy: { name: to.name(dy, 'first'), channels: dy.shape.at(-1)!, size: window.output, sign: 1 },
    window,
  };
  const inBoth = (side: Side) => 2 * kw * pair[side].channels + kh * pair[other(side)].channels;
  const narrow = pair.dy.channels <= pair.x.channels ? 'dy' : 'x';
  const wide = inBoth('x') <= inBoth('dy') ? 'x' : 'dy';
  return inBoth(wide) <= rereading * kh * kw * pair[narrow].channels
    ? bothShifted(to, pair, wide)
    : oneShifted(to, pair, narrow);
}

/** `[N, channels, h, w]` moved by whole pixels into a frame of `size`: zeros come in, what leaves is cut off. */
function moved(
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

/** Columns of one operand, joined, times rows of the other, one product for each row of the kernel. */
function bothShifted(to: Lowering, pair: Pair, side: Side): string {
  const [kh, kw] = pair.window.kernel as [number, number];
  const { [side]: wide, [other(side)]: tall, batch, x, dy } = pair;
  const rows = wide.size[0]!;
  const rowBytes = 4 * batch * tall.size[1]! * (kw * wide.channels + kh * tall.channels);
  const strips = Math.min(rows, mostStrips, Math.max(1, Math.round((rows * rowBytes) / stripBytes)));
  const edges = axes(0, strips + 1).map((i) => Math.round((i * rows) / strips));
  const sums = axes(0, strips).map((i) => strip(to, pair, side, edges[i]!, edges[i + 1]!));
  // Each as a list of one matrix for each row of the kernel.
  const lines = axes(0, kh).map((i) => sums.map((of) => of[i]!).reduce((a, b) => to.emit('Add', [a, b])));
  const shape = side === 'x' ? [1, kw, x.channels, dy.channels] : [1, x.channels, kw, dy.channels];
  const shaped = lines.map((line) => to.reshape(line, [], shape));
  const whole = kh === 1 ? shaped[0]! : to.emit('Concat', shaped, { axis: 0 });
  return side === 'x' ? whole : to.emit('Transpose', [whole], { perm: [0, 2, 1, 3] });
}

/** The part of that sum over the rows of the joined operand from `first` up to, without, `last`. */
function strip(
  to: Lowering,
  { batch, x, dy, window: { kernel, before } }: Pair,
  side: Side,
  first: number,
  last: number,
): string[] {
  const [kh, kw] = kernel as [number, number];
  const [wide, tall] = side === 'x' ? [x, dy] : [dy, x];
  const size = [last - first, tall.size[1]!];
  const columns = axes(0, kw).map((j) => moved(to, wide, [-first, wide.sign * (j - before[1]!)], size));
  const joint = to.reshape(joined(to, columns), [], [batch, kw * wide.channels, product(size)]);
  return axes(0, kh).map((i) => {
    const line = moved(to, tall, [tall.sign * (i - before[0]!) - first, 0], size);
    const rows = to.reshape(line, [], [batch, tall.channels, product(size)]);
    return side === 'x'
      ? correlate(to, joint, rows, batch, kw * x.channels, dy.channels)
      : correlate(to, rows, joint, batch, x.channels, kw * dy.channels);
  });
}

/** One operand moved for each tap, the other as it is. */
function oneShifted(to: Lowering, { batch, x, dy, window }: Pair, side: Side): string {
  const { before, kernel } = window;
  const kw = kernel[1]!;
  const [moving, still] = side === 'x' ? [x, dy] : [dy, x];
  const flat = (name: string, channels: number) =>
    to.reshape(name, [], [batch, channels, product(still.size)]);
  const fixed = flat(still.name, still.channels);
  const taps = axes(0, product(kernel)).map((tap) => {
    const at = [Math.floor(tap / kw) - before[0]!, (tap % kw) - before[1]!];
    const by = at.map((n) => moving.sign * n);
    const copy = flat(moved(to, moving, by, still.size), moving.channels);
    const [left, right] = side === 'x' ? [copy, fixed] : [fixed, copy];
    return to.reshape(
      correlate(to, left, right, batch, x.channels, dy.channels),
      [],
      [1, x.channels, dy.channels],
    );
  });
  return to.reshape(to.emit('Concat', taps, { axis: 0 }), [], [...kernel, x.channels, dy.channels]);
}
