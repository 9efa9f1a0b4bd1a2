import { sizeOf } from '@segscape/core';
import type { Lowering } from '../../lowering/lowering.js';
import { range } from '../../lowering/sizes.js';
import type { Window } from './window.js';
import { spread } from './zero-spacing.js';

const spaceOf = ({ input }: Window) => range(2, input.length + 2);

/** Where each tap of a window is, in rows and columns from its corner, in row order. */
const tapsOf = ({ filterSize, dilations }: Window): readonly (readonly number[])[] =>
  range(0, sizeOf(filterSize)).map((tap) =>
    filterSize.map((k, i) => (Math.floor(tap / sizeOf(filterSize.slice(i + 1))) % k) * dilations[i]!),
  );

/** What each tap sees in all windows of a channels-first image, and `around` it. */
export function seen(
  to: Lowering,
  image: string,
  window: Window,
  around = Number.NEGATIVE_INFINITY,
): string[] {
  const { before, after, output, strides } = window;
  const pads = to.ints([0, 0, ...before, 0, 0, ...after]);
  const framed = to.emit('Pad', [image, pads, to.number(around)], { mode: 'constant' });
  return tapsOf(window).map((at) => {
    const end = at.map((a, i) => a + (output[i]! - 1) * strides[i]! + 1);
    const space = to.ints(spaceOf(window));
    return to.emit('Slice', [framed, to.ints(at), to.ints(end), space, to.ints(strides)]);
  });
}

/** Shares of a gradient, one a candidate: all of it to the first that equals the best. */
export function shares(
  to: Lowering,
  candidates: readonly string[],
  best: string,
  gradient: string,
): string[] {
  const zero = to.number(0);
  let left = gradient;
  return candidates.map((candidate) => {
    const here = to.emit('Equal', [candidate, best]);
    const share = to.emit('Where', [here, left, zero]);
    left = to.emit('Where', [here, zero, left]);
    return share;
  });
}

/** What the taps give back to an image, `[…lead, …size]`, added up; one share a tap. */
export function givenBack(
  to: Lowering,
  parts: readonly string[],
  window: Window,
  lead: readonly number[],
): string {
  const { strides, output, input, before, after } = window;
  const frame = input.map((n, i) => n + before[i]! + after[i]!);
  const wide = output.map((n, i) => n * strides[i]!);
  const placed = tapsOf(window).map((at, tap) => {
    // Back to the image's grid: zeros between the windows' corners, then around.
    const cells = spread(to, parts[tap]!, lead, output, strides);
    const back = at.map((a, i) => frame[i]! - a - wide[i]!);
    return placedAt(to, cells, wide, at, back);
  });
  const sum = placed.reduce((a, b) => to.emit('Add', [a, b]));
  const end = input.map((n, i) => n + before[i]!);
  return to.emit('Slice', [sum, to.ints(before), to.ints(end), to.ints(spaceOf(window))]);
}

/** Moved by `at` into a frame that leaves `back` behind; what would leave the frame, zeros all, is cut off. */
function placedAt(
  to: Lowering,
  name: string,
  size: readonly number[],
  at: readonly number[],
  back: readonly number[],
): string {
  const space = range(2, size.length + 2);
  const kept = size.map((n, i) => n + Math.min(0, back[i]!));
  const cut = kept.every((n, i) => n === size[i])
    ? name
    : to.emit('Slice', [name, to.ints(size.map(() => 0)), to.ints(kept), to.ints(space)]);
  const around = [0, 0, ...at, 0, 0, ...back.map((n) => Math.max(0, n))];
  return around.every((n) => n === 0)
    ? cut
    : to.emit('Pad', [cut, to.ints(around), to.number(0)], { mode: 'constant' });
}
