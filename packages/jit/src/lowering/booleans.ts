import type { DataType } from '@tensorflow/tfjs-core';
import type { TypedShape } from '../program.js';
import type { KernelName } from './kernels.js';
import type { LoweredTensor } from './lowered-tensor.js';
import type { Lowering } from './lowering.js';
import { mapInputs, type Rule } from './rule.js';

/** For rules whose numbers a boolean cannot hold, which is 0 or 1. */
export function refuseBooleans(dtype: DataType): void {
  if (dtype === 'bool') throw new Error('its results are no booleans: cast them to int32 first');
}

const asInteger = ({ shape, dtype }: TypedShape): TypedShape => ({
  shape,
  dtype: dtype === 'bool' ? 'int32' : dtype,
});

const recast = (to: Lowering, value: LoweredTensor, output: TypedShape): LoweredTensor => {
  if (value.dtype === output.dtype) return value;
  if (value.splat !== undefined) return to.splat(output, value.splat);
  return to.elementwise([value], output, ([name]) => to.cast(name!, value.dtype, output.dtype));
};

/** A rule that moves values, booleans as integers on GPUs, whose providers move none. */
export const movingBooleans = <K extends KernelName>(rule: Rule<K>): Rule<K> => ({
  ...rule,
  lower(to, inputs, attrs, outputs) {
    if (!to.gpu || outputs.every(({ dtype }) => dtype !== 'bool'))
      return rule.lower(to, inputs, attrs, outputs);
    const numbers = mapInputs<K>(inputs, (input) => recast(to, input, asInteger(input)));
    const moved = rule.lower(to, numbers, attrs, [asInteger(outputs[0]), ...outputs.slice(1).map(asInteger)]);
    return (Array.isArray(moved) ? moved : [moved]).map((value, i) => recast(to, value, outputs[i]!));
  },
});
