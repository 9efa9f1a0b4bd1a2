import { sameShape, sizeOf } from '@segscape/core';
import type { AttrsOf } from '../../lowering/kernels.js';
import type { Lowering } from '../../lowering/lowering.js';
import type { Rule } from '../../lowering/rule.js';
import { range } from '../../lowering/sizes.js';
import type { TypedShape } from '../../program.js';
import { blockedConvolution, isBlockable } from './blocked-convolution.js';
import { depthwiseFilter, depthwiseTurned, exchanged, outputsFirst, turned } from './filter-layout.js';
import { inner, restored } from './negative-padding.js';
import { gatheredPatches, isTiled } from './tiling-patches.js';
import { convolutionWindow, type Window, windowAttributes } from './window.js';
import { spread } from './zero-spacing.js';

/** Pixels from the first to the last tap. */
const covered = ({ filterSize, dilations }: Window) => filterSize.map((k, i) => (k - 1) * dilations[i]! + 1);

/** What a forward convolution leaves over at the end of each axis. */
const remainder = (window: Window) => {
  const whole = covered(window);
  const { input, output, strides, before, after } = window;
  return input.map((n, i) => n - ((output[i]! - 1) * strides[i]! + whole[i]! - before[i]! - after[i]!));
};

/** Padding that makes an ordinary convolution with the turned filter of a stride-1 convolution give its input gradient. */
export function backPads(window: Window): { pads: readonly number[]; fits: boolean } {
  const { input, output, strides, before } = window;
  const whole = covered(window);
  const first = whole.map((k, i) => k - 1 - before[i]!);
  const last = input.map((n, i) => n - ((output[i]! - 1) * strides[i]! + 1) - first[i]! + whole[i]! - 1);
  return { pads: [...first, ...last], fits: [...first, ...last].every((n) => n >= 0) };
}

/** The gradient with zeros between its pixels, as if every stride were 1. */
export function unstrided(
  to: Lowering,
  gradient: string,
  [batch, channels]: readonly [number, number],
  { output, strides }: Window,
): string {
  if (strides.every((s) => s === 1)) return gradient;
  const wide = spread(to, gradient, [batch, channels], output, strides);
  const ends = output.map((n, i) => (n - 1) * strides[i]! + 1);
  return to.emit('Slice', [
    wide,
    to.ints(ends.map(() => 0)),
    to.ints(ends),
    to.ints(range(2, ends.length + 2)),
  ]);
}

/**
 * The image, of which a convolution makes what has the gradient's shape. A transposed convolution may ask for another, whose gradient
 * TensorFlow.js's backends cut off, or read beyond the end of.
 */
function image(
  { dy, filter }: Readonly<Record<'dy' | 'filter', TypedShape>>,
  attrs: AttrsOf<'Conv2DBackpropInput' | 'Conv3DBackpropInputV2' | 'DepthwiseConv2dNativeBackpropInput'>,
  depthwise = false,
): TypedShape {
  const { outShape } = convolutionWindow(attrs.inputShape, filter.shape, attrs, depthwise);
  if (!sameShape(outShape, dy.shape)) throw new Error(`of such an image a convolution makes [${outShape}]`);
  return { shape: attrs.inputShape, dtype: dy.dtype };
}

export const inputGradient: Rule<'Conv2DBackpropInput' | 'Conv3DBackpropInputV2'> = {
  infer: (inputs, attrs) => [image(inputs, attrs)],
  lower(to, { dy, filter }, attrs, [output]) {
    const window = convolutionWindow(output.shape, filter.shape, attrs);
    const { filterSize, strides, dilations } = window;
    const gradient = to.name(dy, 'first');
    const { pads, fits } = backPads(window);
    // No GPU provider transposes a convolution of volumes.
    const volume = to.gpu && filterSize.length === 3;
    if (fits && (volume || strides.every((s) => s === 1))) {
      const [outputs, inputs] = filter.shape.slice(-2) as [number, number];
      const attributes = { kernel_shape: filterSize, pads, strides: filterSize.map(() => 1), dilations };
      const result =
        !filter.constant && isBlockable(to, inputs, outputs, { ...window, output: window.input })
          ? blockedConvolution(
              to,
              { image: gradient, filter: turned(to, filter), inputs, outputs, swapped: true },
              attributes,
            )
          : to.emit(
              'Conv',
              [unstrided(to, gradient, [dy.shape[0]!, inputs], window), exchanged(to, filter)],
              attributes,
            );
      return to.value(output, result, 'first');
    }
    // A large filter costs more to turn into ONNX's order than a small image to put together from its patches.
    if (!filter.constant && isTiled(to, window) && sizeOf(filter.shape) >= sizeOf(output.shape))
      return to.value(output, gatheredPatches(to, gradient, filter, window, dy.shape[0]!), 'first');
    const part = inner(window);
    const attributes = { ...windowAttributes(part), output_padding: remainder(part) };
    const result = to.emit('ConvTranspose', [gradient, outputsFirst(to, filter)], attributes);
    return to.value(output, restored(to, result, window), 'first');
  },
};

export const depthwiseInputGradient: Rule<'DepthwiseConv2dNativeBackpropInput'> = {
  infer: (inputs, attrs) => [image(inputs, attrs, true)],
  lower(to, { dy, filter }, attrs, [output]) {
    const window = convolutionWindow(output.shape, filter.shape, attrs, true);
    const group = output.shape[3]!;
    const gradient = to.name(dy, 'first');
    const { pads, fits } = backPads(window);
    // The GPU's transposed convolution mixes up the groups where a channel has several outputs.
    if (to.gpu && fits) {
      const { filterSize, dilations } = window;
      const wide = unstrided(to, gradient, [dy.shape[0]!, dy.shape[3]!], window);
      const attributes = { kernel_shape: filterSize, pads, strides: [1, 1], dilations, group };
      return to.value(output, to.emit('Conv', [wide, depthwiseTurned(to, filter)], attributes), 'first');
    }
    const part = inner(window);
    const attributes = { ...windowAttributes(part), output_padding: remainder(part), group };
    const result = to.emit('ConvTranspose', [gradient, depthwiseFilter(to, filter)], attributes);
    return to.value(output, restored(to, result, window), 'first');
  },
};
