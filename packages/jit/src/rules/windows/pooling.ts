import { sizeOf } from '@segscape/core';
import type { DataType } from '@tensorflow/tfjs-core';
import { asFloats } from '../../lowering/as-floats.js';
import { inLayout } from '../../lowering/layout.js';
import type { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';
import type { Rule, Rules } from '../../lowering/rule.js';
import { range } from '../../lowering/sizes.js';
import { wrapped } from '../../lowering/stored-integers.js';
import type { TypedShape } from '../../program.js';
import { backPads, unstrided } from './input-gradient.js';
import { inner, reached, restored } from './negative-padding.js';
import { byComparison, byIndices, hasIndices } from './pooling-gradient.js';
import { type PoolingAttrs, poolingWindow, type Window, windowAttributes } from './window.js';

const pooled: Rule<'MaxPool' | 'MaxPool3D' | 'AvgPool' | 'AvgPool3D'>['infer'] = ({ x }, attrs) => [
  // Volumes are pooled into floats.
  { shape: poolingWindow(x.shape, attrs).outShape, dtype: x.shape.length === 5 ? 'float32' : x.dtype },
];

/** Pooling has no dilations, nor has `AveragePool` of opset 17 the attribute. */
function poolAttributes(window: Window) {
  const { dilations: _, ...attributes } = windowAttributes(window);
  return attributes;
}

/** Operations past which ONNX Runtime moves others. */
const moving = ['Transpose', 'Reshape', 'Slice'];

/** Of single pixels into the same shape, which TensorFlow.js gives back as they are, even where a stride would skip some. */
const isIdentity = (x: LoweredTensor, output: TypedShape, attrs: PoolingAttrs) =>
  x.shape.length === 4 &&
  x.shape.join() === output.shape.join() &&
  poolingWindow(x.shape, attrs).filterSize.every((k) => k === 1);

function isPadded(to: Lowering, name: string): boolean {
  const node = to.graph.maker(name);
  return (
    node !== undefined && (node.op === 'Pad' || (moving.includes(node.op) && isPadded(to, node.inputs[0]!)))
  );
}

/**
 * An image that a pooling reads. ONNX Runtime fuses a padding with zeros into the pooling after it, which then passes over them: what
 * was padded is made, by a comparison that changes nothing, something else.
 */
const pixels = (to: Lowering, name: string, dtype: DataType = 'float32'): string =>
  isPadded(to, name)
    ? to.emit('Max', [name, to.number(dtype === 'float32' ? Number.NEGATIVE_INFINITY : -(2 ** 31), dtype)])
    : name;

/** Whether windows lie in the padding, which ONNX Runtime refuses. */
const overhangs = ({ filterSize, before, after }: Window) =>
  filterSize.some((k, i) => before[i]! >= k || after[i]! >= k);

/** The image with its padding made, and the window without. */
function framed(to: Lowering, image: string, window: Window, around: string) {
  const { input, before, after } = window;
  const none = input.map(() => 0);
  return {
    image: to.emit('Pad', [image, to.ints([0, 0, ...before, 0, 0, ...after]), around], { mode: 'constant' }),
    window: { ...window, input: input.map((n, i) => n + before[i]! + after[i]!), before: none, after: none },
  };
}

/** The image as far as windows reach, its window, and the maxima with, in channels-first order, where they were found. */
function maximum(to: Lowering, x: LoweredTensor, attrs: PoolingAttrs) {
  const { image, window } = reached(to, pixels(to, to.name(x, 'first')), poolingWindow(x.shape, attrs));
  const node = (outputs: number) => to.graph.emitMany('MaxPool', [image], poolAttributes(window), outputs);
  return { image, window, alone: () => node(1)[0]!, withIndices: () => node(2) as readonly [string, string] };
}

/** ONNX Runtime's maximum of no pixels, where TensorFlow.js has −∞. */
const leastFloat = -3.4028234663852886e38;

/** The maxima where windows lie in the padding. */
function overhanging(to: Lowering, window: Window, name: string): string {
  const least = to.number(Number.NEGATIVE_INFINITY);
  const frame = framed(to, name, window, least);
  const best = to.emit('MaxPool', [frame.image], poolAttributes(frame.window));
  return to.emit('Where', [to.emit('LessOrEqual', [best, to.number(leastFloat)]), least, best]);
}

const maxPool: Rule<'MaxPool' | 'MaxPool3D'> = {
  infer: pooled,
  lower(to, { x }, attrs, [output]) {
    if (x.dtype === 'bool') throw new Error('of numbers alone: cast booleans first');
    if (isIdentity(x, output, attrs)) return x;
    // Integers by way of floats, of doubles where they stay integers; ONNX Runtime pools no others.
    if (x.dtype === 'int32' && !to.gpu) return ofIntegers(to, x, attrs, output);
    const floats = asFloats(to, x);
    const inReach = reached(to, pixels(to, to.name(floats, 'first')), poolingWindow(x.shape, attrs));
    // When its gradient follows, both share the one node that also gives the indices.
    const differentiated = to.calls.some(
      ({ kernel, inputs }) =>
        kernel.startsWith('MaxPool') &&
        kernel.endsWith('Grad') &&
        inputs.input !== undefined &&
        to.known(inputs.input) === x,
    );
    if (overhangs(inReach.window))
      return to.value(output, overhanging(to, inReach.window, inReach.image), 'first');
    const { window, alone, withIndices } = maximum(to, floats, attrs);
    const name = differentiated && hasIndices(to, window) ? withIndices()[0] : alone();
    return to.value(output, to.converted(name, 'float32', output.dtype), 'first');
  },
};

function ofIntegers(to: Lowering, x: LoweredTensor, attrs: PoolingAttrs, output: TypedShape): LoweredTensor {
  const wide = to.graph.cast(pixels(to, to.name(x, 'first'), 'int32'), 'float64');
  const { image, window } = reached(to, wide, poolingWindow(x.shape, attrs));
  const frame = overhangs(window)
    ? framed(to, image, window, to.graph.constant(Number.NEGATIVE_INFINITY, 'float64'))
    : { image, window };
  const best = to.emit('MaxPool', [frame.image], poolAttributes(frame.window));
  return to.value(output, to.cast(wrapped(to.graph, best, 'float64'), 'int32', output.dtype), 'first');
}

const maxPoolGrad: Rule<'MaxPoolGrad' | 'MaxPool3DGrad'> = {
  infer: ({ input }) => [input],
  lower(to, { dy, input }, attrs, [output]) {
    const whole = poolingWindow(input.shape, attrs);
    if (overhangs(inner(whole))) throw new Error('windows of it lie in the padding');
    const { image, window, alone, withIndices } = maximum(to, input, attrs);
    const shape = [...inLayout(output.shape, 'first').slice(0, 2), ...window.input];
    const gradient = to.name(dy, 'first');
    const part = hasIndices(to, window)
      ? byIndices(to, { gradient, indices: withIndices()[1], window, shape })
      : byComparison(to, { image, pooled: alone(), gradient, window, shape });
    return to.value(output, restored(to, part, whole), 'first');
  },
};

const avgPool: Rule<'AvgPool' | 'AvgPool3D'> = {
  infer: pooled,
  lower(to, { x }, attrs, [output]) {
    if (output.dtype !== 'float32') throw new Error('of floats alone: cast integers first');
    if (isIdentity(x, output, attrs)) return x;
    const floats = asFloats(to, x);
    const { image, window } = reached(
      to,
      pixels(to, to.name(floats, 'first')),
      poolingWindow(x.shape, attrs),
    );
    if (overhangs(window))
      return to.value(output, meanOfInside(to, image, window, inLayout(x.shape, 'first')), 'first');
    const attributes = { ...poolAttributes(window), count_include_pad: 0 };
    return to.value(output, to.emit('AveragePool', [image], attributes), 'first');
  },
};

/**
 * The means where windows lie in the padding: sums, by a convolution with ones, by how many pixels there are. Of none it is NaN, in
 * volumes 0. (A padding of its own would be fused into the pooling by ONNX Runtime, which then refuses it.)
 */
function meanOfInside(
  to: Lowering,
  image: string,
  window: Window,
  [batch, channels]: readonly number[],
): string {
  const { input, output, filterSize, strides, before } = window;
  const images = batch! * channels!;
  const sums = to.emit(
    'Conv',
    [to.reshape(image, [], [images, 1, ...input]), to.graph.filled(1, 'float32', [1, 1, ...filterSize])],
    windowAttributes(window),
  );
  const counts = output.map((n, axis) =>
    range(0, n).map((o) => {
      const from = o * strides[axis]! - before[axis]!;
      return Math.max(0, Math.min(input[axis]!, from + filterSize[axis]!) - Math.max(0, from));
    }),
  );
  const inside = range(0, sizeOf(output)).map((i) => {
    const at = (axis: number) => Math.floor(i / sizeOf(output.slice(axis + 1))) % output[axis]!;
    const count = sizeOf(counts.map((list, axis) => list[at(axis)]!));
    return filterSize.length === 3 ? Math.max(1, count) : count;
  });
  const means = to.emit('Div', [sums, to.graph.constant(inside, 'float32', [1, 1, ...output])]);
  return to.reshape(means, [], [batch!, channels!, ...output]);
}

/** As TensorFlow.js has it, the gradient divides by the whole window at the border too. */
const avgPoolGrad: Rule<'AvgPoolGrad' | 'AvgPool3DGrad'> = {
  infer: ({ input }) => [input],
  lower(to, { dy, input }, attrs, [output]) {
    const whole = poolingWindow(input.shape, attrs);
    const window = inner(whole);
    const channels = input.shape.at(-1)!;
    const area = sizeOf(window.filterSize);
    const weightsOf = (count: number) =>
      to.graph.filled(1 / area, 'float32', [count, 1, ...window.filterSize]);
    const { pads, fits } = backPads(window);
    // No GPU provider transposes a convolution of volumes, nor has groups in one: each channel is an image of its own.
    if (to.gpu && fits && window.filterSize.length === 3) {
      const images = input.shape[0]! * channels;
      const apart = to.reshape(to.name(dy, 'first'), [], [images, 1, ...window.output]);
      const wide = unstrided(to, apart, [images, 1], window);
      const sums = to.emit('Conv', [wide, weightsOf(1)], { kernel_shape: window.filterSize, pads });
      const part = to.reshape(sums, [], [input.shape[0]!, channels, ...window.input]);
      return to.value(output, restored(to, part, whole), 'first');
    }
    const { input: size, output: out, filterSize, strides, before, after } = window;
    const output_padding = size.map(
      (n, i) => n - ((out[i]! - 1) * strides[i]! + filterSize[i]! - before[i]! - after[i]!),
    );
    const attributes = { ...windowAttributes(window), output_padding, group: channels };
    const part = to.emit('ConvTranspose', [to.name(dy, 'first'), weightsOf(channels)], attributes);
    return to.value(output, restored(to, part, whole), 'first');
  },
};

export const poolings = {
  MaxPool: maxPool,
  MaxPool3D: maxPool,
  MaxPoolGrad: maxPoolGrad,
  MaxPool3DGrad: maxPoolGrad,
  AvgPool: avgPool,
  AvgPool3D: avgPool,
  AvgPoolGrad: avgPoolGrad,
  AvgPool3DGrad: avgPoolGrad,
} satisfies Rules;
