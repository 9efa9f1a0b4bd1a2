import type { Lowering } from '../../lowering/lowering.js';
import type { Window } from './window.js';

const domain = 'com.microsoft.nchwc';

/** Smallest image for which the faster convolution pays for the two changes of layout. */
const leastArea = 24 * 24;

/** Whether a stride-1 convolution of these channels runs faster on blocked channels. */
export function isBlockable(
  to: Lowering,
  inputs: number,
  outputs: number,
  { output, strides, filterSize }: Window,
): boolean {
  const { block } = to;
  if (block === undefined || output.length !== 2) return false;
  const area = output[0]! * output[1]!;
  return (
    inputs % block === 0 &&
    outputs % block === 0 &&
    area >= leastArea &&
    strides.every((s) => s === 1) &&
    filterSize.some((k) => k > 1)
  );
}

/**
 * ONNX Runtime's own convolution over channels in blocks (of 16 with AVX-512), with weights that change: it reorders
 * constant weights when it loads a model, here the graph does it at every step. The nodes of its private domain load as they are.
 *
 * @param image `[N, in, h, w]`.
 * @param filter `[taps, in, out]`, or with `swapped` `[taps, out, in]`.
 * @returns `[N, out, oh, ow]`.
 */
export function blockedConvolution(
  to: Lowering,
  {
    image,
    filter,
    inputs,
    outputs,
    swapped,
  }: { image: string; filter: string; inputs: number; outputs: number; swapped: boolean },
  attributes: Readonly<Record<string, readonly number[]>>,
): string {
  const block = to.block!;
  const [kh, kw] = attributes.kernel_shape as [number, number];
  // Exchanging the last two axes, and then moving whole rows of a block, is faster than turning blocks.
  const forward = swapped ? to.emit('Transpose', [filter], { perm: [0, 2, 1] }) : filter;
  const split = to.reshape(forward, [], [kh * kw, inputs / block, block, outputs / block, block]);
  // To [out/B, in/B, taps, B in, B out].
  const weights = to.emit('Transpose', [split], { perm: [3, 1, 0, 2, 4] });
  const blocks = to.emit('ReorderInput', [image], {}, domain);
  const result = to.emit(
    'Conv',
    [blocks, to.reshape(weights, [], [outputs, inputs, kh, kw])],
    { ...attributes, group: 1 },
    domain,
  );
  return to.emit('ReorderOutput', [result], { channels: outputs }, domain);
}
