import { ofFloats } from '../../lowering/as-floats.js';
import type { Rule, Rules } from '../../lowering/rule.js';
import { range } from '../../lowering/sizes.js';
import { blockedConvolution, isBlockable } from './blocked-convolution.js';
import { filterGradient } from './filter-gradient.js';
import { depthwiseFilter, outputsFirst } from './filter-layout.js';
import { depthwiseInputGradient, inputGradient } from './input-gradient.js';
import { reached } from './negative-padding.js';
import { convolvedPatches, isTiled } from './tiling-patches.js';
import { convolutionWindow, windowAttributes } from './window.js';

const convolve: Rule<'Conv2D' | 'Conv3D'> = {
  infer: ({ x, filter }, attrs) => [
    { shape: convolutionWindow(x.shape, filter.shape, attrs).outShape, dtype: 'float32' },
  ],
  lower(to, { x, filter }, attrs, [output]) {
    const whole = convolutionWindow(x.shape, filter.shape, attrs);
    const [inputs, outputs] = filter.shape.slice(-2) as [number, number];
    const { image, window } = reached(to, to.name(x, 'first'), whole);
    if (!filter.constant && isTiled(to, window))
      return to.value(output, convolvedPatches(to, image, filter, window, x.shape[0]!), 'first');
    const result =
      !filter.constant && isBlockable(to, inputs, outputs, window)
        ? blockedConvolution(
            to,
            { image, filter: to.name(filter), inputs, outputs, swapped: false },
            windowAttributes(window),
          )
        : to.emit('Conv', [image, outputsFirst(to, filter)], windowAttributes(window));
    return to.value(output, result, 'first');
  },
};

const gradientByFilter: Rule<'Conv2DBackpropFilter' | 'Conv3DBackpropFilterV2'> = {
  infer: ({ dy }, attrs) => [{ shape: attrs.filterShape, dtype: dy.dtype }],
  lower(to, { x, dy }, attrs, [output]) {
    const whole = convolutionWindow(x.shape, output.shape, attrs);
    const { image, window } = reached(to, to.name(x, 'first'), whole);
    const shape = [x.shape[0]!, ...window.input, x.shape.at(-1)!];
    const part = window === whole ? x : to.value({ shape, dtype: x.dtype }, image, 'first');
    return to.value(output, filterGradient(to, part, dy, window));
  },
};

const depthwise: Rule<'DepthwiseConv2dNative'> = {
  infer: ({ x, filter }, attrs) => [
    { shape: convolutionWindow(x.shape, filter.shape, attrs, true).outShape, dtype: 'float32' },
  ],
  lower(to, { x, filter }, attrs, [output]) {
    const whole = convolutionWindow(x.shape, filter.shape, attrs, true);
    const { image, window } = reached(to, to.name(x, 'first'), whole);
    const attributes = { ...windowAttributes(window), group: x.shape[3]! };
    return to.value(output, to.emit('Conv', [image, depthwiseFilter(to, filter)], attributes), 'first');
  },
};

const depthwiseGradientByFilter: Rule<'DepthwiseConv2dNativeBackpropFilter'> = {
  infer: ({ dy }, attrs) => [{ shape: attrs.filterShape, dtype: dy.dtype }],
  lower(to, { x, dy }, attrs, [output]) {
    const [kh, kw, channels, multiplier] = output.shape as [number, number, number, number];
    const whole = convolutionWindow(x.shape, output.shape, attrs, true);
    const { image, window } = reached(to, to.name(x, 'first'), whole);
    const { before, after, output: out, strides, dilations } = window;
    const padded = to.emit('Pad', [image, to.ints([0, 0, ...before, 0, 0, ...after]), to.number(0)], {
      mode: 'constant',
    });
    const batch = x.shape[0]!;
    const gradient = to.reshape(to.name(dy, 'first'), [], [batch, channels, multiplier, ...out]);
    const taps = range(0, kh * kw).map((tap) => {
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
    return to.value(output, to.reshape(to.emit('Concat', taps, { axis: 0 }), [], output.shape));
  },
};

export const convolutions = {
  Conv2D: convolve,
  Conv3D: convolve,
  Conv2DBackpropInput: ofFloats(inputGradient, 'dy', 'filter'),
  Conv3DBackpropInputV2: ofFloats(inputGradient, 'dy', 'filter'),
  Conv2DBackpropFilter: ofFloats(gradientByFilter, 'x', 'dy'),
  Conv3DBackpropFilterV2: ofFloats(gradientByFilter, 'x', 'dy'),
  DepthwiseConv2dNative: depthwise,
  DepthwiseConv2dNativeBackpropInput: depthwiseInputGradient,
  DepthwiseConv2dNativeBackpropFilter: depthwiseGradientByFilter,
} satisfies Rules;
