import type { Lowering } from './lowering.js';
import type { Rule } from './rule.js';
import type { Value } from './value.js';

/** In single precision, in whichever layout the tensor is. */
export function asFloats(to: Lowering, value: Value): Value {
  if (value.dtype === 'float32') return value;
  const { shape } = value;
  if (value.splat !== undefined) return to.splat({ shape, dtype: 'float32' }, value.splat);
  return to.elementwise([value], { shape, dtype: 'float32' }, ([name]) =>
    to.cast(name!, value.dtype, 'float32'),
  );
}

/** A rule for tensors of any type, whose results are floats; `inputs` are those that it takes as such. */
export const ofFloats = (rule: Rule, ...inputs: readonly string[]): Rule => ({
  ...rule,
  infer: (refs, attrs) => rule.infer(refs, attrs).map(({ shape }) => ({ shape, dtype: 'float32' })),
  lower(to, values, attrs, outputs) {
    const floats = inputs.map((key) => [key, asFloats(to, values[key]!)] as const);
    return rule.lower(to, { ...values, ...Object.fromEntries(floats) }, attrs, outputs);
  },
});
