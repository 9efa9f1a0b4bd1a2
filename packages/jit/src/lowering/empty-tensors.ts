import { sizeOf } from '@segscape/core';
import { hostArray } from '../host-array.js';
import { onnxType } from '../onnx/types.js';
import type { TypedShape } from '../program.js';
import { LoweredTensor } from './lowered-tensor.js';
import type { Lowering } from './lowering.js';
import type { AnyRule, Inputs, Outputs } from './rule.js';

const isEmpty = ({ shape }: { readonly shape: readonly number[] }) => sizeOf(shape) === 0;

/** A tensor of no elements. */
function empty(to: Lowering, { shape, dtype }: TypedShape): LoweredTensor {
  const form = () => ({ name: to.graph.data(hostArray(dtype, 0), onnxType(dtype), shape), dims: shape });
  const value = new LoweredTensor(shape, dtype, { last: form });
  value.constant = true;
  return value;
}

/**
 * Writes a kernel's results. Those of no elements are constants, since ONNX Runtime refuses them here, fails there, and divides by
 * their sizes elsewhere; what is made of nothing needs a rule that knows of it.
 */
export function lowered(
  to: Lowering,
  rule: AnyRule,
  inputs: Inputs<LoweredTensor>,
  attrs: object,
  outputs: readonly TypedShape[],
): readonly LoweredTensor[] {
  if (outputs.every(isEmpty)) return outputs.map((output) => empty(to, output));
  if (!rule.ofNothing && Object.values(inputs).some(isEmpty))
    throw new Error('it is given a tensor of no elements');
  const results = [rule.lower(to, inputs, attrs, outputs as Outputs)].flat();
  return outputs.map((output, i) => (isEmpty(output) ? empty(to, output) : results[i]!));
}
