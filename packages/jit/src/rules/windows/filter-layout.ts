import { sizeOf } from '@segscape/core';
import type { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';
import { range } from '../../lowering/sizes.js';

/**
 * `[…space, in, out]` as ONNX's `[out, in, …space]`: what is known beforehand in one step, which ONNX Runtime takes when it loads the
 * graph. Else as two exchanges of two axes, which it does several times as fast as a general transpose.
 */
export function outputsFirst(to: Lowering, filter: LoweredTensor): string {
  const rank = filter.shape.length;
  if (filter.constant)
    return to.emit('Transpose', [to.name(filter)], { perm: [rank - 1, rank - 2, ...range(0, rank - 2)] });
  const [inputs, outputs] = filter.shape.slice(-2) as [number, number];
  const taps = sizeOf(filter.shape.slice(0, -2));
  const flat = to.reshape(to.name(filter), filter.shape, [taps, inputs, outputs]);
  const exchanged = to.emit('Transpose', [flat], { perm: [0, 2, 1] });
  return tapsLast(to, exchanged, [outputs, inputs], filter);
}

/** `[taps, …channels]` as `[…channels, …space]`. */
function tapsLast(to: Lowering, name: string, channels: readonly number[], { shape }: LoweredTensor): string {
  const space = shape.slice(0, -2);
  const flat = to.reshape(name, [], [sizeOf(space), sizeOf(channels)]);
  return to.reshape(to.emit('Transpose', [flat], { perm: [1, 0] }), [], [...channels, ...space]);
}

/** The filter turned by 180°: `[taps, in, out]`. */
export function turned(to: Lowering, filter: LoweredTensor): string {
  const taps = sizeOf(filter.shape.slice(0, -2));
  const flat = to.reshape(to.name(filter), filter.shape, [taps, ...filter.shape.slice(-2)]);
  return taps === 1 ? flat : to.emit('Gather', [flat, to.ints(range(0, taps).reverse())], { axis: 0 });
}

/** The turned filter with its two channel axes exchanged, as ONNX has it: `[in, out, …space]`. */
export const exchanged = (to: Lowering, filter: LoweredTensor): string =>
  tapsLast(to, turned(to, filter), filter.shape.slice(-2), filter);

/** `[kh, kw, channels, multiplier]` as `[channels·multiplier, 1, kh, kw]`. */
export function depthwiseFilter(to: Lowering, filter: LoweredTensor): string {
  const [kh, kw, channels, multiplier] = filter.shape as [number, number, number, number];
  const moved = to.emit('Transpose', [to.name(filter)], { perm: [2, 3, 0, 1] });
  return to.reshape(moved, [channels, multiplier, kh, kw], [channels * multiplier, 1, kh, kw]);
}

/** The same, turned by 180°, from outputs back to inputs: `[channels, multiplier, kh, kw]`. */
export function depthwiseTurned(to: Lowering, filter: LoweredTensor): string {
  const whole = to.reshape(turned(to, filter), [], filter.shape);
  return to.emit('Transpose', [whole], { perm: [2, 3, 0, 1] });
}
