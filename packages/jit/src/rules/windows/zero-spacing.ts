import { sizeOf } from '@segscape/core';
import type { Lowering } from '../../lowering/lowering.js';
import { range } from '../../lowering/sizes.js';

/** Zeros behind each pixel, so that one becomes a cell of `strides`: `[…lead, …size]` to `[…lead, …size · strides]`. */
export function spread(
  to: Lowering,
  name: string,
  lead: readonly number[],
  size: readonly number[],
  strides: readonly number[],
): string {
  if (strides.every((s) => s === 1)) return name;
  const images = sizeOf(lead);
  const cells = to.reshape(name, [], [images, ...size.flatMap((n) => [n, 1])]);
  const before = range(0, 2 * size.length + 1).map(() => 0);
  const after = [0, ...strides.flatMap((s) => [0, s - 1])];
  const padded = to.emit('Pad', [cells, to.ints([...before, ...after]), to.number(0)], { mode: 'constant' });
  return to.reshape(padded, [], [...lead, ...size.map((n, i) => n * strides[i]!)]);
}
