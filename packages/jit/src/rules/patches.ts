import type { Window } from './geometry.js';
import { type Lowering, product } from './lowering.js';
import type { Value } from './value.js';

/**
 * Whether the windows are square patches that tile the image, as those of a U-Net's up-convolutions do. Every convolution over them is
 * a single matrix product, with the kernel as TensorFlow.js holds it: `[taps·in, out]`.
 */
export function isTiled(
  to: Lowering,
  { kernel, strides, dilations, before, input, output }: Window,
): boolean {
  const side = kernel[0]!;
  return (
    to.block !== undefined &&
    kernel.length === 2 &&
    side > 1 &&
    [...kernel, ...strides].every((n) => n === side) &&
    dilations.every((n) => n === 1) &&
    before.every((n) => n === 0) &&
    input.every((n, i) => n === output[i]! * side)
  );
}

/** `[N, in, h, w]` as `[N, taps·in, h/side, w/side]`. */
export const patches = (to: Lowering, image: string, { kernel }: Window): string =>
  to.emit('SpaceToDepth', [image], { blocksize: kernel[0]! });

/** The kernel `[…space, in, out]` as a matrix: `[taps·in, out]`, without moving anything. */
function matrix(to: Lowering, filter: Value) {
  const outputs = filter.shape.at(-1)!;
  const depth = product(filter.shape) / outputs;
  return { kernel: to.reshape(to.name(filter), filter.shape, [depth, outputs]), depth, outputs };
}

/** The convolution of an image with a kernel `[…space, in, out]`: `[N, out, oh, ow]`. */
export function convolvedPatches(
  to: Lowering,
  image: string,
  filter: Value,
  window: Window,
  batch: number,
): string {
  const { kernel, depth, outputs } = matrix(to, filter);
  const columns = to.reshape(patches(to, image, window), [], [batch, depth, product(window.output)]);
  const attributes = { transA: 1, alpha: { float: 1 } };
  const result = to.emit('FusedMatMul', [kernel, columns], attributes, 'com.microsoft');
  return to.reshape(result, [], [batch, outputs, ...window.output]);
}

/** Its gradient with respect to the image, from that of the result: `[N, in, h, w]`. */
export function gatheredPatches(
  to: Lowering,
  gradient: string,
  filter: Value,
  window: Window,
  batch: number,
): string {
  const { kernel, depth, outputs } = matrix(to, filter);
  const flat = to.reshape(gradient, [], [batch, outputs, product(window.output)]);
  const columns = to.reshape(to.emit('MatMul', [kernel, flat]), [], [batch, depth, ...window.output]);
  return to.emit('DepthToSpace', [columns], { blocksize: window.kernel[0]!, mode: 'DCR' });
}
