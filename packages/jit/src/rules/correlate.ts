import type { Lowering } from './lowering.js';

/** `left · rightᵀ` per image, summed over the batch: `[N, A, K] × [N, B, K] → [A, B]`. */
export function correlate(
  to: Lowering,
  left: string,
  right: string,
  batch: number,
  rows: number,
  columns: number,
): string {
  const perImage = to.gpu
    ? to.emit('MatMul', [left, to.emit('Transpose', [right], { perm: [0, 2, 1] })])
    : to.emit('FusedMatMul', [left, right], { transB: 1, alpha: { float: 1 } }, 'com.microsoft');
  return batch === 1
    ? to.reshape(perImage, [], [rows, columns])
    : to.emit('ReduceSum', [perImage, to.ints([0])], { keepdims: 0 });
}

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
