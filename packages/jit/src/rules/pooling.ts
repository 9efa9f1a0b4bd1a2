import { poolingWindow, type Window, windowAttributes } from './geometry.js';
import { inLayout, type Lowering } from './lowering.js';
import type { Attrs, Rule, Rules } from './rule.js';
import type { Value } from './value.js';

const pooled: Rule['infer'] = ({ x }, attrs) => [
  { shape: poolingWindow(x!.shape, attrs).outShape, dtype: x!.dtype },
];

/** Windows that neither overlap nor leave the image: each input pixel belongs to at most one. */
const disjoint = ({ kernel, strides, before, after }: Window) =>
  kernel.every((k, i) => k <= strides[i]! && before[i] === 0 && after[i] === 0);

/** The maximum and, in channels-first order, where it was found. */
function maximum(to: Lowering, x: Value, attrs: Attrs): readonly [string, string] {
  const { dilations: _, ...attributes } = windowAttributes(poolingWindow(x.shape, attrs));
  return to.graph.emitMany('MaxPool', [to.name(x, 'first')], attributes, 2) as readonly [string, string];
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
    if (differentiated) return to.value(output!, maximum(to, x!, attrs)[0], 'first');
    const { dilations: _, ...attributes } = windowAttributes(poolingWindow(x!.shape, attrs));
    return to.value(output!, to.emit('MaxPool', [to.name(x!, 'first')], attributes), 'first');
  },
};

const maxPoolGrad: Rule = {
  infer: ({ input }) => [input!],
  lower(to, { dy, input }, attrs, [output]) {
    const window = poolingWindow(input!.shape, attrs);
    const [, indices] = maximum(to, input!, attrs);
    const gradient = to.name(dy!, 'first');
    const shape = inLayout(output!.shape, 'first');
    if (disjoint(window)) {
      const attributes = { kernel_shape: window.kernel, strides: window.strides };
      return to.value(
        output!,
        to.emit('MaxUnpool', [gradient, indices, to.ints(shape)], attributes),
        'first',
      );
    }
    // Where windows overlap, a pixel may be the maximum of several: their gradients add up.
    const size = shape.reduce((product, n) => product * n, 1);
    const zeros = to.emit('Expand', [to.number(0), to.ints([size])]);
    const flat = (name: string) => to.emit('Reshape', [name, to.ints([-1])]);
    const sums = to.emit('ScatterElements', [zeros, flat(indices), flat(gradient)], {
      axis: 0,
      reduction: 'add',
    });
    return to.value(output!, to.reshape(sums, [size], shape), 'first');
  },
};

const avgPool: Rule = {
  infer: pooled,
  lower(to, { x }, attrs, [output]) {
    const { dilations: _, ...attributes } = windowAttributes(poolingWindow(x!.shape, attrs));
    return to.value(
      output!,
      to.emit('AveragePool', [to.name(x!, 'first')], { ...attributes, count_include_pad: 0 }),
      'first',
    );
  },
};

/** As TensorFlow.js has it, the gradient divides by the whole window at the border too. */
const avgPoolGrad: Rule = {
  infer: ({ input }) => [input!],
  lower(to, { dy, input }, attrs, [output]) {
    const window = poolingWindow(input!.shape, attrs);
    const channels = input!.shape.at(-1)!;
    const area = window.kernel.reduce((product, n) => product * n, 1);
    const weights = to.graph.constant(Array<number>(channels * area).fill(1 / area), 'float32', [
      channels,
      1,
      ...window.kernel,
    ]);
    const { input: size, output: out, kernel, strides, before, after } = window;
    const output_padding = size.map(
      (n, i) => n - ((out[i]! - 1) * strides[i]! + kernel[i]! - before[i]! - after[i]!),
    );
    const attributes = { ...windowAttributes(window), output_padding, group: channels };
    return to.value(output!, to.emit('ConvTranspose', [to.name(dy!, 'first'), weights], attributes), 'first');
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
