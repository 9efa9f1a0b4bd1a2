import type { Lowering } from '../../lowering/lowering.js';

/** Along the channels of `[N, channels, …space]`. */
export const joined = (to: Lowering, parts: readonly string[]) =>
  parts.length === 1 ? parts[0]! : to.emit('Concat', parts, { axis: 1 });

/** With zeros around an image `[N, channels, …space]`. */
export function pad(to: Lowering, name: string, before: readonly number[], after: readonly number[]): string {
  if ([...before, ...after].every((n) => n === 0)) return name;
  return to.emit('Pad', [name, to.ints([0, 0, ...before, 0, 0, ...after]), to.number(0)], {
    mode: 'constant',
  });
}
