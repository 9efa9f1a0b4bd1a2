import { sizeOf } from '@segscape/core';
import type { Lowering } from '../../lowering/lowering.js';
import { range } from '../../lowering/sizes.js';
import { correlate } from './correlation.js';
import { gatheredRows } from './gathered-rows.js';
import { moved, other, type Pair, type Side } from './shifted-copies.js';

/** What a copy of an operand costs more than a shifted one when the other operand is read once for each tap. */
const rereading = 1.5;

/**
 * The filter's gradient from shifted copies, `[kh, kw, in, out]`. Copying is what costs beside the products themselves, so the cheaper
 * of two ways is taken: the rows of one operand are gathered for all rows of the filter and the other is shifted sideways, or one
 * operand alone is shifted, for every tap.
 */
export function shiftedProducts(to: Lowering, pair: Pair): string {
  const [kh, kw] = pair.window.filterSize as [number, number];
  const inBoth = (side: Side) => 2 * kw * pair[side].channels + kh * pair[other(side)].channels;
  const narrow = pair.dy.channels <= pair.x.channels ? 'dy' : 'x';
  const both = Math.min(inBoth('x'), inBoth('dy'));
  if (both > rereading * kh * kw * pair[narrow].channels) return oneShifted(to, pair, narrow);
  return gatheredRows(to, pair);
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
