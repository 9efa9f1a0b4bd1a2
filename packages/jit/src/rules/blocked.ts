import type { Window } from './geometry.js';
import type { Lowering } from './lowering.js';

const domain = 'com.microsoft.nchwc';

/** Smallest image for which the faster convolution pays for the two changes of layout. */
const leastArea = 24 * 24;

/** Whether a stride-1 convolution of these channels runs faster on blocked channels. */
export function isBlockable(
  to: Lowering,
  inputs: number,
  outputs: number,
  { output, strides, kernel }: Window,
): boolean {
  const { block } = to;
  if (block === undefined || output.length !== 2) return false;
  const area = output[0]! * output[1]!;
  return (
    inputs % block === 0 &&
    outputs % block === 0 &&
    area >= leastArea &&
    strides.every((s) => s === 1) &&
    kernel.some((k) => k > 1)
  );
}

/**
 * ONNX Runtime's own convolution over channels in blocks (of 16 with AVX-512), with weights that change: it reorders
 * constant weights when it loads a model, here the graph does it at every step. The nodes of its private domain load as they are.
 *
 * @param image `[N, in, h, w]`.
 * @param kernel `[taps, in, out]`, or with `swapped` `[taps, out, in]`.
 * @returns `[N, out, oh, ow]`.
 */
export function blockedConvolution(
  to: Lowering,
  {
    image,
    kernel,
    inputs,
    outputs,
    swapped,
  }: { image: string; kernel: string; inputs: number; outputs: number; swapped: boolean },
  attributes: Readonly<Record<string, readonly number[]>>,
): string {
  const block = to.block!;
  const [kh, kw] = attributes.kernel_shape as [number, number];
  const [first, second] = swapped ? [outputs, inputs] : [inputs, outputs];
  const split = to.reshape(kernel, [], [kh * kw, first / block, block, second / block, block]);
  // To [out/B, in/B, taps, B in, B out]: blocks are moved whole, and then turned, which is faster than both at once.
  const weights = swapped
    ? to.emit('Transpose', [to.emit('Transpose', [split], { perm: [1, 3, 0, 2, 4] })], {
        perm: [0, 1, 2, 4, 3],
      })
    : to.emit('Transpose', [split], { perm: [3, 1, 0, 2, 4] });
  const blocks = to.emit('ReorderInput', [image], {}, domain);
  const result = to.emit(
    'Conv',
    [blocks, to.reshape(weights, [], [outputs, inputs, kh, kw])],
    { ...attributes, group: 1 },
    domain,
  );
  return to.emit('ReorderOutput', [result], { channels: outputs }, domain);
}
