import { sizeOf } from '@segscape/core';
import type { Lowering } from '../../lowering/lowering.js';
import { range } from '../../lowering/sizes.js';
import { correlateByRows } from './correlation.js';
import { pad } from './planes.js';
import { addedUp, moved, type Operand, other, type Pair, type Side, stripEdges } from './shifted-copies.js';

/**
 * The filter's gradient, `[kh, kw, in, out]`, from the rows of one operand, copied for all rows of the filter by one `Gather`, and the
 * other shifted sideways: one product for each column of the filter.
 */
export function gatheredRows(to: Lowering, pair: Pair): string {
  const [kh, kw] = pair.window.filterSize as [number, number];
  const { batch, x, dy } = pair;
  // One gathered copy costs about half of a shifted one; the rows around are made by one more.
  const cost = (side: Side) => (kh / 2 + 1) * pair[side].channels + kw * pair[other(side)].channels;
  const side = cost('x') <= cost('dy') ? 'x' : 'dy';
  const { [side]: tall, [other(side)]: wide } = pair;
  const rowBytes = 4 * batch * tall.size[1]! * (kh * tall.channels + kw * wide.channels);
  const edges = stripEdges(wide.size[0]!, rowBytes);
  const rows = framed(to, tall, pair, wide.size[0]!);
  const sums = edges.slice(1).map((last, i) => strip(to, pair, side, rows, edges[i]!, last));
  const columns = addedUp(to, sums);
  // [in, kh, kw, out], or [in, out, kh, kw].
  const [shape, axis, perm] =
    side === 'x'
      ? [[x.channels, kh, 1, dy.channels], 2, [1, 2, 0, 3]]
      : [[x.channels, dy.channels, kh, 1], 3, [2, 3, 0, 1]];
  const shaped = columns.map((column) => to.reshape(column, [], shape));
  return to.emit('Transpose', [kw === 1 ? shaped[0]! : to.emit('Concat', shaped, { axis })], { perm });
}

/** An operand with as many zero rows around as the filter sees, and the row of it that each tap starts from. */
interface Framed {
  readonly name: string;
  readonly starts: readonly number[];
}

function framed(
  to: Lowering,
  { name, size, sign }: Operand,
  { window: { filterSize, before } }: Pair,
  rows: number,
): Framed {
  const starts = range(0, filterSize[0]!).map((i) => -sign * (i - before[0]!));
  const above = Math.max(0, -Math.min(...starts));
  const below = Math.max(0, rows + Math.max(...starts) - size[0]!);
  return { name: pad(to, name, [above, 0], [below, 0]), starts: starts.map((start) => start + above) };
}

/** The part of that sum over the rows from `first` up to, without, `last`. */
function strip(
  to: Lowering,
  { batch, x, dy, window: { filterSize, before } }: Pair,
  side: Side,
  { name, starts }: Framed,
  first: number,
  last: number,
): string[] {
  const [tall, wide] = side === 'x' ? [x, dy] : [dy, x];
  const size = [last - first, tall.size[1]!];
  const places = starts.flatMap((start) => range(start + first, start + last));
  const index = to.graph.constant(places, 'int64', [starts.length, last - first]);
  const copies = to.emit('Gather', [name, index], { axis: 2 });
  const joint = to.reshape(copies, [], [batch, starts.length * tall.channels, sizeOf(size)]);
  return range(0, filterSize[1]!).map((j) => {
    const column = moved(to, wide, [-first, wide.sign * (j - before[1]!)], size);
    const still = to.reshape(column, [], [batch, wide.channels, sizeOf(size)]);
    return side === 'x'
      ? correlateByRows(to, {
          left: joint,
          right: still,
          batch,
          rows: starts.length * x.channels,
          columns: dy.channels,
        })
      : correlateByRows(to, {
          left: still,
          right: joint,
          batch,
          rows: x.channels,
          columns: starts.length * dy.channels,
        });
  });
}
