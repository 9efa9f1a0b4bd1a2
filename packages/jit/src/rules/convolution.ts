import { blockedConvolution, isBlockable } from './blocked.js';
import { filterGradient } from './filter-gradient.js';
import { convolutionWindow, type Window, windowAttributes } from './geometry.js';
import { axes, type Lowering } from './lowering.js';
import type { Rule, Rules } from './rule.js';
import type { Value } from './value.js';

/** `[…space, in, out]` as ONNX's `[out, in, …space]`. */
const kernelFirst = (to: Lowering, filter: Value): string => {
  const rank = filter.shape.length;
  return to.emit('Transpose', [to.name(filter)], { perm: [rank - 1, rank - 2, ...axes(0, rank - 2)] });
};

const convolve: Rule = {
  infer: ({ x, filter }, attrs) => [
    { shape: convolutionWindow(x!.shape, filter!.shape, attrs).outShape, dtype: 'float32' },
  ],
  lower(to, { x, filter }, attrs, [output]) {
    const window = convolutionWindow(x!.shape, filter!.shape, attrs);
    const [inputs, outputs] = filter!.shape.slice(-2) as [number, number];
    const image = to.name(x!, 'first');
    const result =
      !filter!.constant && isBlockable(to, inputs, outputs, window)
        ? blockedConvolution(
            to,
            { image, kernel: to.name(filter!), inputs, outputs, swapped: false },
            windowAttributes(window),
          )
        : to.emit('Conv', [image, kernelFirst(to, filter!)], windowAttributes(window));
    return to.value(output!, result, 'first');
  },
};

/** The kernel turned by 180°: `[taps, in, out]`. */
function turned(to: Lowering, filter: Value): string {
  const taps = filter.shape.slice(0, -2).reduce((product, n) => product * n, 1);
  const flat = to.reshape(to.name(filter), filter.shape, [taps, ...filter.shape.slice(-2)]);
  return taps === 1 ? flat : to.emit('Gather', [flat, to.ints(axes(0, taps).reverse())], { axis: 0 });
}

/** The turned kernel with its two channel axes exchanged, as ONNX has it: `[in, out, …space]`. */
function exchanged(to: Lowering, filter: Value): string {
  const rank = filter.shape.length;
  const whole = to.reshape(turned(to, filter), [], filter.shape);
  return to.emit('Transpose', [whole], { perm: [rank - 2, rank - 1, ...axes(0, rank - 2)] });
}

/** What a forward convolution leaves over at the end of each axis. */
const remainder = ({ input, output, kernel, strides, before, after }: Window) =>
  input.map((n, i) => n - ((output[i]! - 1) * strides[i]! + kernel[i]! - before[i]! - after[i]!));

const inputGradient: Rule = {
  infer: ({ dy }, attrs) => [{ shape: attrs.inputShape as number[], dtype: dy!.dtype }],
  lower(to, { dy, filter }, attrs, [output]) {
    const window = convolutionWindow(output!.shape, filter!.shape, attrs);
    const { kernel, strides, before, after } = window;
    const gradient = to.name(dy!, 'first');
    const plain = strides.every((s) => s === 1) && kernel.every((k, i) => k > before[i]! && k > after[i]!);
    if (plain) {
      const pads = [...kernel.map((k, i) => k - 1 - before[i]!), ...kernel.map((k, i) => k - 1 - after[i]!)];
      const [outputs, inputs] = filter!.shape.slice(-2) as [number, number];
      const attributes = { kernel_shape: kernel, pads, strides, dilations: strides };
      const result =
        !filter!.constant && isBlockable(to, inputs, outputs, { ...window, output: window.input })
          ? blockedConvolution(
              to,
              { image: gradient, kernel: turned(to, filter!), inputs, outputs, swapped: true },
              attributes,
            )
          : to.emit('Conv', [gradient, exchanged(to, filter!)], attributes);
      return to.value(output!, result, 'first');
    }
    const attributes = { ...windowAttributes(window), output_padding: remainder(window) };
    return to.value(
      output!,
      to.emit('ConvTranspose', [gradient, kernelFirst(to, filter!)], attributes),
      'first',
    );
  },
};

const kernelGradient: Rule = {
  infer: ({ dy }, attrs) => [{ shape: attrs.filterShape as number[], dtype: dy!.dtype }],
  lower(to, { x, dy }, attrs, [output]) {
    const window = convolutionWindow(x!.shape, output!.shape, attrs);
    return to.value(output!, filterGradient(to, x!, dy!, window));
  },
};

/** `[kh, kw, channels, multiplier]` as `[channels·multiplier, 1, kh, kw]`. */
function depthwiseKernel(to: Lowering, filter: Value): string {
  const [kh, kw, channels, multiplier] = filter.shape as [number, number, number, number];
  const moved = to.emit('Transpose', [to.name(filter)], { perm: [2, 3, 0, 1] });
  return to.reshape(moved, [channels, multiplier, kh, kw], [channels * multiplier, 1, kh, kw]);
}

const depthwise: Rule = {
  infer: ({ x, filter }, attrs) => [
    { shape: convolutionWindow(x!.shape, filter!.shape, attrs, true).outShape, dtype: 'float32' },
  ],
  lower(to, { x, filter }, attrs, [output]) {
    const window = convolutionWindow(x!.shape, filter!.shape, attrs, true);
    const attributes = { ...windowAttributes(window), group: x!.shape[3]! };
    return to.value(
      output!,
      to.emit('Conv', [to.name(x!, 'first'), depthwiseKernel(to, filter!)], attributes),
      'first',
    );
  },
};

const depthwiseInputGradient: Rule = {
  infer: ({ dy }, attrs) => [{ shape: attrs.inputShape as number[], dtype: dy!.dtype }],
  lower(to, { dy, filter }, attrs, [output]) {
    const window = convolutionWindow(output!.shape, filter!.shape, attrs, true);
    const spread = (k: number, i: number) => (k - 1) * window.dilations[i]! + 1;
    const left = remainder({ ...window, kernel: window.kernel.map(spread) });
    const attributes = { ...windowAttributes(window), output_padding: left, group: output!.shape[3]! };
    return to.value(
      output!,
      to.emit('ConvTranspose', [to.name(dy!, 'first'), depthwiseKernel(to, filter!)], attributes),
      'first',
    );
  },
};

const depthwiseKernelGradient: Rule = {
  infer: ({ dy }, attrs) => [{ shape: attrs.filterShape as number[], dtype: dy!.dtype }],
  lower(to, { x, dy }, attrs, [output]) {
    const [kh, kw, channels, multiplier] = output!.shape as [number, number, number, number];
    const window = convolutionWindow(x!.shape, output!.shape, attrs, true);
    const { before, after, output: out, strides, dilations } = window;
    const padded = to.emit(
      'Pad',
      [to.name(x!, 'first'), to.ints([0, 0, ...before, 0, 0, ...after]), to.number(0)],
      { mode: 'constant' },
    );
    const batch = x!.shape[0]!;
    const gradient = to.reshape(to.name(dy!, 'first'), [], [batch, channels, multiplier, ...out]);
    const taps = axes(0, kh * kw).map((tap) => {
      const at = [Math.floor(tap / kw) * dilations[0]!, (tap % kw) * dilations[1]!];
      const end = at.map((a, i) => a + (out[i]! - 1) * strides[i]! + 1);
      const part = to.emit('Slice', [padded, to.ints(at), to.ints(end), to.ints([2, 3]), to.ints(strides)]);
      const product = to.emit('Mul', [to.reshape(part, [], [batch, channels, 1, ...out]), gradient]);
      return to.reshape(
        to.emit('ReduceSum', [product, to.ints([0, 3, 4])], { keepdims: 0 }),
        [],
        [1, channels, multiplier],
      );
    });
    return to.value(output!, to.reshape(to.emit('Concat', taps, { axis: 0 }), [], output!.shape));
  },
};

export const convolutions: Rules = {
  Conv2D: convolve,
  Conv3D: convolve,
  Conv2DBackpropInput: inputGradient,
  Conv3DBackpropInputV2: inputGradient,
  Conv2DBackpropFilter: kernelGradient,
  Conv3DBackpropFilterV2: kernelGradient,
  DepthwiseConv2dNative: depthwise,
  DepthwiseConv2dNativeBackpropInput: depthwiseInputGradient,
  DepthwiseConv2dNativeBackpropFilter: depthwiseKernelGradient,
};
