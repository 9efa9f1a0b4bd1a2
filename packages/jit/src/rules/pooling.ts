import { poolingWindow, type Window, windowAttributes } from './geometry.js';
import { backPads, unstrided } from './input-gradient.js';
import { inLayout, type Lowering } from './lowering.js';
import { byComparison, byIndices, hasIndices } from './pooling-gradient.js';
import { inner, reached, restored } from './reach.js';
import type { Attrs, Rule, Rules } from './rule.js';
import type { Value } from './value.js';

const pooled: Rule['infer'] = ({ x }, attrs) => [
  { shape: poolingWindow(x!.shape, attrs).outShape, dtype: x!.dtype },
];

/** Pooling has no dilations, nor has `AveragePool` of opset 17 the attribute. */
function poolAttributes(window: Window) {
  const { dilations: _, ...attributes } = windowAttributes(window);
  return attributes;
}

/** The image as far as windows reach, its window, and the maxima with, in channels-first order, where they were found. */
function maximum(to: Lowering, x: Value, attrs: Attrs) {
  const { image, window } = reached(to, to.name(x, 'first'), poolingWindow(x.shape, attrs));
  const node = (outputs: number) => to.graph.emitMany('MaxPool', [image], poolAttributes(window), outputs);
  return { image, window, alone: () => node(1)[0]!, withIndices: () => node(2) as readonly [string, string] };
}

const maxPool: Rule = {
  infer: pooled,
  lower(to, { x }, attrs, [output]) {
    // When its gradient follows, both share the one node that also gives the indices.
    const differentiated = to.calls.some(
      ({ kernel, inputs }) =>
        kernel.startsWith('MaxPool') &&
        kernel.endsWith('Grad') &&
        inputs.input !== undefined &&
        to.known(inputs.input) === x,
    );
    const { window, alone, withIndices } = maximum(to, x!, attrs);
    const name = differentiated && hasIndices(to, window) ? withIndices()[0] : alone();
    return to.value(output!, name, 'first');
  },
};

const maxPoolGrad: Rule = {
  infer: ({ input }) => [input!],
  lower(to, { dy, input }, attrs, [output]) {
    const whole = poolingWindow(input!.shape, attrs);
    const { image, window, alone, withIndices } = maximum(to, input!, attrs);
    const shape = [...inLayout(output!.shape, 'first').slice(0, 2), ...window.input];
    const gradient = to.name(dy!, 'first');
    const part = hasIndices(to, window)
      ? byIndices(to, { gradient, indices: withIndices()[1], window, shape })
      : byComparison(to, { image, pooled: alone(), gradient, window, shape });
    return to.value(output!, restored(to, part, whole), 'first');
  },
};

const avgPool: Rule = {
  infer: pooled,
  lower(to, { x }, attrs, [output]) {
    const { image, window } = reached(to, to.name(x!, 'first'), poolingWindow(x!.shape, attrs));
    const attributes = { ...poolAttributes(window), count_include_pad: 0 };
    return to.value(output!, to.emit('AveragePool', [image], attributes), 'first');
  },
};

/** As TensorFlow.js has it, the gradient divides by the whole window at the border too. */
const avgPoolGrad: Rule = {
  infer: ({ input }) => [input!],
  lower(to, { dy, input }, attrs, [output]) {
    const whole = poolingWindow(input!.shape, attrs);
    const window = inner(whole);
    const channels = input!.shape.at(-1)!;
    const area = window.kernel.reduce((product, n) => product * n, 1);
    const weightsOf = (count: number) => to.graph.filled(1 / area, 'float32', [count, 1, ...window.kernel]);
    const { pads, fits } = backPads(window);
    // No GPU provider transposes a convolution of volumes, nor has groups in one: each channel is an image of its own.
    if (to.gpu && fits && window.kernel.length === 3) {
      const images = input!.shape[0]! * channels;
      const apart = to.reshape(to.name(dy!, 'first'), [], [images, 1, ...window.output]);
      const wide = unstrided(to, apart, [images, 1], window);
      const sums = to.emit('Conv', [wide, weightsOf(1)], { kernel_shape: window.kernel, pads });
      const part = to.reshape(sums, [], [input!.shape[0]!, channels, ...window.input]);
      return to.value(output!, restored(to, part, whole), 'first');
    }
    const { input: size, output: out, kernel, strides, before, after } = window;
    const output_padding = size.map(
      (n, i) => n - ((out[i]! - 1) * strides[i]! + kernel[i]! - before[i]! - after[i]!),
    );
    const attributes = { ...windowAttributes(window), output_padding, group: channels };
    const part = to.emit('ConvTranspose', [to.name(dy!, 'first'), weightsOf(channels)], attributes);
    return to.value(output!, restored(to, part, whole), 'first');
  },
};

export const poolings: Rules = {
  MaxPool: maxPool,
  MaxPool3D: maxPool,
  MaxPoolGrad: maxPoolGrad,
  MaxPool3DGrad: maxPoolGrad,
  AvgPool: avgPool,
  AvgPool3D: avgPool,
  AvgPoolGrad: avgPoolGrad,
  AvgPool3DGrad: avgPoolGrad,
};
