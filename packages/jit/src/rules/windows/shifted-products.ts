import { sizeOf } from '@segscape/core';
import type { Lowering } from '../../lowering/lowering.js';
import { range } from '../../lowering/sizes.js';
import { correlate } from './correlation.js';
import { gatheredRows } from './gathered-rows.js';
import { joined } from './planes.js';
import { addedUp, moved, other, type Pair, type Side, stripEdges } from './shifted-copies.js';

/** What a copy of an operand costs more than a shifted one when the other operand is read once for each tap. */
const rereading = 1.5;

/**
 * The filter's gradient from shifted copies, `[kh, kw, in, out]`. Copying is what costs beside the products themselves, so the cheapest
 * of four ways is taken: the columns of one operand are shifted and joined, and the rows of the other shifted (kw copies of the first,
 * written twice, and kh of the second), or one of them alone is shifted, for every tap.
 *
 * @param gathersRows in place of the first two ways, copies all rows of one operand by one `Gather`.
 */
export function shiftedProducts(to: Lowering, pair: Pair, gathersRows: boolean): string {
  const [kh, kw] = pair.window.filterSize as [number, number];
  const inBoth = (side: Side) => 2 * kw * pair[side].channels + kh * pair[other(side)].channels;
  const narrow = pair.dy.channels <= pair.x.channels ? 'dy' : 'x';
  const wide = inBoth('x') <= inBoth('dy') ? 'x' : 'dy';
  if (inBoth(wide) > rereading * kh * kw * pair[narrow].channels) return oneShifted(to, pair, narrow);
  return gathersRows ? gatheredRows(to, pair) : bothShifted(to, pair, wide);
}

/** Columns of one operand, joined, times rows of the other, one product for each row of the filter. */
function bothShifted(to: Lowering, pair: Pair, side: Side): string {
  const [kh, kw] = pair.window.filterSize as [number, number];
  const { [side]: wide, [other(side)]: tall, batch, x, dy } = pair;
  const rows = wide.size[0]!;
  const rowBytes = 4 * batch * tall.size[1]! * (kw * wide.channels + kh * tall.channels);
  const edges = stripEdges(rows, rowBytes);
  const sums = edges.slice(1).map((last, i) => strip(to, pair, side, edges[i]!, last));
  // One matrix for each row of the filter.
  const lines = addedUp(to, sums);
  const shape = side === 'x' ? [1, kw, x.channels, dy.channels] : [1, x.channels, kw, dy.channels];
  const shaped = lines.map((line) => to.reshape(line, [], shape));
  const whole = kh === 1 ? shaped[0]! : to.emit('Concat', shaped, { axis: 0 });
  return side === 'x' ? whole : to.emit('Transpose', [whole], { perm: [0, 2, 1, 3] });
}

/** The part of that sum over the rows of the joined operand from `first` up to, without, `last`. */
function strip(
  to: Lowering,
  { batch, x, dy, window: { filterSize, before } }: Pair,
  side: Side,
  first: number,
  last: number,
): string[] {
  const [kh, kw] = filterSize as [number, number];
  const [wide, tall] = side === 'x' ? [x, dy] : [dy, x];
  const size = [last - first, tall.size[1]!];
  const columns = range(0, kw).map((j) => moved(to, wide, [-first, wide.sign * (j - before[1]!)], size));
  const joint = to.reshape(joined(to, columns), [], [batch, kw * wide.channels, sizeOf(size)]);
  return range(0, kh).map((i) => {
    const line = moved(to, tall, [tall.sign * (i - before[0]!) - first, 0], size);
    const rows = to.reshape(line, [], [batch, tall.channels, sizeOf(size)]);
    return side === 'x'
      ? correlate(to, { left: joint, right: rows, batch, rows: kw * x.channels, columns: dy.channels })
      : correlate(to, { left: rows, right: joint, batch, rows: x.channels, columns: kw * dy.channels });
  });
}

/** One operand moved for each tap, the other as it is. */
function oneShifted(to: Lowering, { batch, x, dy, window }: Pair, side: Side): string {
  const { before, filterSize } = window;
  const kw = filterSize[1]!;
  const [moving, still] = side === 'x' ? [x, dy] : [dy, x];
  const flat = (name: string, channels: number) =>
    to.reshape(name, [], [batch, channels, sizeOf(still.size)]);
  const fixed = flat(still.name, still.channels);
  const taps = range(0, sizeOf(filterSize)).map((tap) => {
    const at = [Math.floor(tap / kw) - before[0]!, (tap % kw) - before[1]!];
    const by = at.map((n) => moving.sign * n);
    const copy = flat(moved(to, moving, by, still.size), moving.channels);
    const [left, right] = side === 'x' ? [copy, fixed] : [fixed, copy];
    return to.reshape(
      correlate(to, { left, right, batch, rows: x.channels, columns: dy.channels }),
      [],
      [1, x.channels, dy.channels],
    );
  });
  return to.reshape(to.emit('Concat', taps, { axis: 0 }), [], [...filterSize, x.channels, dy.channels]);
}
