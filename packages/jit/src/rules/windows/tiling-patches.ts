import { sizeOf } from '@segscape/core';
import type { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';
import type { Window } from './window.js';

/**
 * Whether the windows are square patches that tile the image, as those of a U-Net's up-convolutions do. Every convolution over them is
 * a single matrix product, with the filter as TensorFlow.js holds it: `[taps·in, out]`.
 */
export function isTiled(
  to: Lowering,
  { filterSize, strides, dilations, before, input, output }: Window,
): boolean {
  const side = filterSize[0]!;
  return (
    to.block !== undefined &&
    filterSize.length === 2 &&
    side > 1 &&
    [...filterSize, ...strides].every((n) => n === side) &&
    dilations.every((n) => n === 1) &&
    before.every((n) => n === 0) &&
    input.every((n, i) => n === output[i]! * side)
  );
}

/** `[N, in, h, w]` as `[N, taps·in, h/side, w/side]`. */
export const patches = (to: Lowering, image: string, { filterSize }: Window): string =>
  to.emit('SpaceToDepth', [image], { blocksize: filterSize[0]! });

/** The filter `[…space, in, out]` as a matrix: `[taps·in, out]`, without moving anything. */
function matrix(to: Lowering, filter: LoweredTensor) {
  const outputs = filter.shape.at(-1)!;
  const depth = sizeOf(filter.shape) / outputs;
  return { weights: to.reshape(to.name(filter), filter.shape, [depth, outputs]), depth, outputs };
}

/** The convolution of an image with a filter `[…space, in, out]`: `[N, out, oh, ow]`. */
export function convolvedPatches(
  to: Lowering,
  image: string,
  filter: LoweredTensor,
  window: Window,
  batch: number,
): string {
  const { weights, depth, outputs } = matrix(to, filter);
  const columns = to.reshape(patches(to, image, window), [], [batch, depth, sizeOf(window.output)]);
  const attributes = { transA: 1, alpha: { float: 1 } };
  const result = to.emit('FusedMatMul', [weights, columns], attributes, 'com.microsoft');
  return to.reshape(result, [], [batch, outputs, ...window.output]);
}

/** Its gradient with respect to the image, from that of the result: `[N, in, h, w]`. */
export function gatheredPatches(
  to: Lowering,
  gradient: string,
  filter: LoweredTensor,
  window: Window,
  batch: number,
): string {
  const { weights, depth, outputs } = matrix(to, filter);
  const flat = to.reshape(gradient, [], [batch, outputs, sizeOf(window.output)]);
  const columns = to.reshape(to.emit('MatMul', [weights, flat]), [], [batch, depth, ...window.output]);
  return to.emit('DepthToSpace', [columns], { blocksize: window.filterSize[0]!, mode: 'DCR' });
}
