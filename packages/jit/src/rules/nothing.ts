import { hostArray } from '../trace/host-array.js';
import { type Lowering, onnxType, product } from './lowering.js';
import type { Attrs, Inputs, Rule, TypedShape } from './rule.js';
import { Value } from './value.js';

const isEmpty = ({ shape }: { readonly shape: readonly number[] }) => product(shape) === 0;

/** A tensor of no elements. */
function empty(to: Lowering, { shape, dtype }: TypedShape): Value {
  const form = () => ({ name: to.graph.data(hostArray(dtype, 0), onnxType(dtype), shape), dims: shape });
  const value = new Value(shape, dtype, { last: form });
  value.constant = true;
  return value;
}

/**
 * Writes a kernel's results. Those of no elements are constants, since ONNX Runtime refuses them here, fails there, and divides by
 * their sizes elsewhere; what is made of nothing needs a rule that knows of it.
 */
export function lowered(
  to: Lowering,
  rule: Rule,
  inputs: Inputs<Value>,
  attrs: Attrs,
  outputs: readonly TypedShape[],
): readonly Value[] {
  if (outputs.every(isEmpty)) return outputs.map((output) => empty(to, output));
  if (!rule.ofNothing && Object.values(inputs).some(isEmpty))
    throw new Error('it is given a tensor of no elements');
  const results = [rule.lower(to, inputs, attrs, outputs)].flat() as Value[];
  return outputs.map((output, i) => (isEmpty(output) ? empty(to, output) : results[i]!));
}
