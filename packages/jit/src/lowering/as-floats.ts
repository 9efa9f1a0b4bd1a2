import type { KernelName, Kernels } from './kernels.js';
import type { LoweredTensor } from './lowered-tensor.js';
import type { Lowering } from './lowering.js';
import { mapInputs, type Rule } from './rule.js';

/** In single precision, in whichever layout the tensor is. */
export function asFloats(to: Lowering, value: LoweredTensor): LoweredTensor {
  if (value.dtype === 'float32') return value;
  const { shape } = value;
  if (value.splat !== undefined) return to.splat({ shape, dtype: 'float32' }, value.splat);
  return to.elementwise([value], { shape, dtype: 'float32' }, ([name]) =>
    to.cast(name!, value.dtype, 'float32'),
  );
}

/** A rule for tensors of any type, whose results are floats; `names` are the inputs that it takes as such. */
export const ofFloats = <K extends KernelName>(
  rule: Rule<K>,
  ...names: readonly Kernels[K]['inputs'][]
): Rule<K> => ({
  ...rule,
  infer: (refs, attrs) => rule.infer(refs, attrs).map(({ shape }) => ({ shape, dtype: 'float32' })),
  lower(to, inputs, attrs, outputs) {
    const floats = mapInputs<K>(inputs, (input, name) =>
      (names as readonly string[]).includes(name) ? asFloats(to, input) : input,
    );
    return rule.lower(to, floats, attrs, outputs);
  },
});
