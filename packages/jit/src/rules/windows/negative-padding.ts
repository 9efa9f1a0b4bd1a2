import type { Lowering } from '../../lowering/lowering.js';
import { range } from '../../lowering/sizes.js';
import type { Window } from './window.js';

/** The part of a channels-first image that windows with negative padding reach, and the window over it. */
export function reached(to: Lowering, name: string, window: Window): { image: string; window: Window } {
  const { input, before, after } = window;
  if ([...before, ...after].every((n) => n >= 0)) return { image: name, window };
  const begin = before.map((n) => Math.max(0, -n));
  const end = input.map((n, i) => n + Math.min(0, after[i]!));
  return {
    image: to.emit('Slice', [name, to.ints(begin), to.ints(end), to.ints(range(2, input.length + 2))]),
    window: {
      ...window,
      input: end.map((n, i) => n - begin[i]!),
      before: before.map((n) => Math.max(0, n)),
      after: after.map((n) => Math.max(0, n)),
    },
  };
}

/** The window over the part of the image that is reached. */
export const inner = (window: Window): Window => ({
  ...window,
  input: window.input.map((n, i) => n + Math.min(0, window.before[i]!) + Math.min(0, window.after[i]!)),
  before: window.before.map((n) => Math.max(0, n)),
  after: window.after.map((n) => Math.max(0, n)),
});

/** A gradient of the reached part as one of the whole image: zeros where nothing was read. */
export function restored(to: Lowering, name: string, { before, after }: Window): string {
  const around = [0, 0, ...before.map((n) => Math.max(0, -n)), 0, 0, ...after.map((n) => Math.max(0, -n))];
  return around.every((n) => n === 0)
    ? name
    : to.emit('Pad', [name, to.ints(around), to.number(0)], { mode: 'constant' });
}
