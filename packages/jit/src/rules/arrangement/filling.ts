import { type HostArray, hostArray } from '../../host-array.js';
import type { AttrsOf } from '../../lowering/kernels.js';
import type { Rule, Rules } from '../../lowering/rule.js';
import { onnxType } from '../../onnx/types.js';

const filled = (number: number): Rule<'ZerosLike' | 'OnesLike'> => ({
  infer: ({ x }) => [x],
  lower: (to, _inputs, _attrs, [output]) => to.splat(output, number),
});

const fill: Rule<'Fill'> = {
  infer: (_inputs, attrs) => [{ shape: attrs.shape, dtype: attrs.dtype ?? 'float32' }],
  lower(to, _inputs, attrs, [output]) {
    const value = attrs.value;
    if (output.dtype === 'bool' && value !== 0 && value !== 1) throw new Error(`no boolean is ${value}`);
    return to.splat(output, value);
  },
};

/**
 * As TensorFlow.js has it: backwards by ones where the step is left out, nothing where a step leads away from the end, but forwards all
 * the same where one below 1 does. Each number is the last, as the type keeps it, and a step.
 */
function counted({ start, stop, step, dtype = 'float32' }: AttrsOf<'Range'>): HostArray {
  const away = start === stop || (start < stop && step < 0) || (stop < start && step > 1);
  const values = hostArray(dtype, away ? 0 : Math.abs(Math.ceil((stop - start) / step)));
  const by = stop < start && step === 1 ? -1 : step;
  for (let i = 0; i < values.length; i++) values[i] = i === 0 ? start : values[i - 1]! + by;
  return values;
}

const counting: Rule<'Range'> = {
  infer(_inputs, attrs) {
    return [{ shape: [counted(attrs).length], dtype: attrs.dtype ?? 'float32' }];
  },
  lower(to, _inputs, attrs, [output]) {
    const values = counted(attrs);
    return to.value(output, to.graph.data(values, onnxType(output.dtype), output.shape));
  },
};

/** Step by step, as TensorFlow.js makes it: rounding adds up. */
const linSpace: Rule<'LinSpace'> = {
  infer: (_inputs, attrs) => [{ shape: [attrs.num], dtype: 'float32' }],
  lower(to, _inputs, attrs, [output]) {
    const { start, stop, num } = attrs;
    const values = new Float32Array(num).fill(start);
    for (let i = 1; i < num; i++) values[i] = values[i - 1]! + (stop - start) / (num - 1);
    return to.value(output, to.graph.data(values, 'float32', [num]));
  },
};

/** Tensors made of numbers alone. */
export const fillings = {
  ZerosLike: filled(0),
  OnesLike: filled(1),
  Fill: fill,
  Range: counting,
  LinSpace: linSpace,
} satisfies Rules;
