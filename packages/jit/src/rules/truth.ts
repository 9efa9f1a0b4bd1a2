import type { Lowering } from './lowering.js';
import type { Rule, TypedShape } from './rule.js';
import type { Value } from './value.js';

const asInteger = ({ shape, dtype }: TypedShape): TypedShape => ({
  shape,
  dtype: dtype === 'bool' ? 'int32' : dtype,
});

const recast = (to: Lowering, value: Value, output: TypedShape): Value => {
  if (value.dtype === output.dtype) return value;
  if (value.splat !== undefined) return to.splat(output, value.splat);
  return to.elementwise([value], output, ([name]) => to.cast(name!, value.dtype, output.dtype));
};

/** A rule that moves values, booleans as integers on GPUs, whose providers move none. */
export const movingTruth = (rule: Rule): Rule => ({
  ...rule,
  lower(to, inputs, attrs, outputs) {
    if (!to.gpu || outputs.every(({ dtype }) => dtype !== 'bool'))
      return rule.lower(to, inputs, attrs, outputs);
    const numbers = Object.fromEntries(
      Object.entries(inputs).map(([key, value]) => [key, recast(to, value, asInteger(value))]),
    );
    const moved = rule.lower(to, numbers, attrs, outputs.map(asInteger));
    return [moved].flat().map((value, i) => recast(to, value as Value, outputs[i]!));
  },
});
