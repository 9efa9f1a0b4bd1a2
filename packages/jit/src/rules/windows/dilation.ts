import type { Dilation2DAttrs } from '@tensorflow/tfjs-core';
import type { InputsOf } from '../../lowering/kernels.js';
import type { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';
import type { Rule, Rules } from '../../lowering/rule.js';
import { imageShape } from '../../lowering/sizes.js';
import { reached, restored } from './negative-padding.js';
import { dilationWindow } from './window.js';
import { givenBack, seen, shares } from './window-taps.js';

/** What TensorFlow.js has for windows that hold no pixel. */
const nothing = Number.MIN_SAFE_INTEGER;

/** Image plus structuring element at each tap, channels first. */
function raised(to: Lowering, { x, filter }: InputsOf<'Dilation2D', LoweredTensor>, attrs: Dilation2DAttrs) {
  const [kh, kw, channels] = filter.shape as [number, number, number];
  const whole = dilationWindow(x.shape, filter.shape, attrs);
  const { image, window } = reached(to, to.name(x, 'first'), whole);
  const heights = to.reshape(to.name(filter), filter.shape, [kh * kw, channels, 1, 1]);
  const each = to.ints(Array<number>(kh * kw).fill(1));
  const height =
    kh * kw === 1 ? [heights] : to.graph.emitMany('Split', [heights, each], { axis: 0 }, kh * kw);
  const taps = seen(to, image, window, nothing).map((pixels, tap) => to.emit('Add', [pixels, height[tap]!]));
  return { whole, window, taps, best: taps.reduce((a, b) => to.emit('Max', [a, b])) };
}

type Differentiated = InputsOf<'Dilation2DBackpropInput', LoweredTensor>;

/** The share of each tap in the gradient: of equal ones the first has it, as in TensorFlow.js. */
function sharesOf(to: Lowering, inputs: Differentiated, attrs: Dilation2DAttrs) {
  const { whole, window, taps, best } = raised(to, inputs, attrs);
  return { whole, window, parts: shares(to, taps, best, to.name(inputs.dy, 'first')) };
}

/** Greyscale dilation, max(x + filter) over the window. Serra, 1982. */
const dilation: Rule<'Dilation2D'> = {
  infer: ({ x, filter }, attrs) => [
    { shape: dilationWindow(x.shape, filter.shape, attrs).outShape, dtype: x.dtype },
  ],
  lower: (to, inputs, attrs, [output]) => to.value(output, raised(to, inputs, attrs).best, 'first'),
};

const inputGradient: Rule<'Dilation2DBackpropInput'> = {
  infer: ({ x }) => [x],
  lower(to, inputs, attrs, [output]) {
    const { whole, window, parts } = sharesOf(to, inputs, attrs);
    const [batch, , , channels] = imageShape(output);
    const part = givenBack(to, parts, window, [batch, channels]);
    return to.value(output, restored(to, part, whole), 'first');
  },
};

const filterGradient: Rule<'Dilation2DBackpropFilter'> = {
  infer: ({ filter }) => [filter],
  lower(to, inputs, attrs, [output]) {
    const { parts } = sharesOf(to, inputs, attrs);
    const rows = parts.map((part) => {
      const sum = to.emit('ReduceSum', [part, to.ints([0, 2, 3])], { keepdims: 0 });
      return to.reshape(sum, [], [1, output.shape[2]!]);
    });
    const table = rows.length === 1 ? rows[0]! : to.emit('Concat', rows, { axis: 0 });
    return to.value(output, to.reshape(table, [], output.shape));
  },
};

export const dilations = {
  Dilation2D: dilation,
  Dilation2DBackpropInput: inputGradient,
  Dilation2DBackpropFilter: filterGradient,
} satisfies Rules;
