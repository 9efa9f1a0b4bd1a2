import { axes, type Lowering } from './lowering.js';
import type { Value } from './value.js';

/** `[…space, in, out]` as ONNX's `[out, in, …space]`. */
export const kernelFirst = (to: Lowering, filter: Value): string => {
  const rank = filter.shape.length;
  return to.emit('Transpose', [to.name(filter)], { perm: [rank - 1, rank - 2, ...axes(0, rank - 2)] });
};

/** The kernel turned by 180°: `[taps, in, out]`. */
export function turned(to: Lowering, filter: Value): string {
  const taps = filter.shape.slice(0, -2).reduce((product, n) => product * n, 1);
  const flat = to.reshape(to.name(filter), filter.shape, [taps, ...filter.shape.slice(-2)]);
  return taps === 1 ? flat : to.emit('Gather', [flat, to.ints(axes(0, taps).reverse())], { axis: 0 });
}

/** The turned kernel with its two channel axes exchanged, as ONNX has it: `[in, out, …space]`. */
export function exchanged(to: Lowering, filter: Value): string {
  const rank = filter.shape.length;
  const whole = to.reshape(turned(to, filter), [], filter.shape);
  return to.emit('Transpose', [whole], { perm: [rank - 2, rank - 1, ...axes(0, rank - 2)] });
}

/** `[kh, kw, channels, multiplier]` as `[channels·multiplier, 1, kh, kw]`. */
export function depthwiseKernel(to: Lowering, filter: Value): string {
  const [kh, kw, channels, multiplier] = filter.shape as [number, number, number, number];
  const moved = to.emit('Transpose', [to.name(filter)], { perm: [2, 3, 0, 1] });
  return to.reshape(moved, [channels, multiplier, kh, kw], [channels * multiplier, 1, kh, kw]);
}

/** The same, turned by 180°, from outputs back to inputs: `[channels, multiplier, kh, kw]`. */
export function depthwiseTurned(to: Lowering, filter: Value): string {
  const whole = to.reshape(turned(to, filter), [], filter.shape);
  return to.emit('Transpose', [whole], { perm: [2, 3, 0, 1] });
}
