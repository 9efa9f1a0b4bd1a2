import { activations } from './activation.js';
import { convolutions } from './convolution.js';
import { linear } from './linear.js';
import type { Lowering } from './lowering.js';
import type { Attrs, Inputs, Rule, Rules, TypedShape } from './rule.js';
import { unaries } from './unary.js';
import type { Value } from './value.js';

/** Names that TensorFlow.js has for activations inside a fused operation, and the kernels they stand for. */
const kernels: Readonly<Record<string, Rule>> = {
  relu: activations.Relu!,
  relu6: activations.Relu6!,
  elu: activations.Elu!,
  leakyrelu: activations.LeakyRelu!,
  prelu: activations.Prelu!,
  sigmoid: unaries.Sigmoid!,
};

function activated(to: Lowering, x: Value, inputs: Inputs<Value>, attrs: Attrs, output: TypedShape): Value {
  const kernel = kernels[attrs.activation as string];
  if (kernel === undefined) return x;
  const operands = { x, ...(inputs.preluActivationWeights && { alpha: inputs.preluActivationWeights }) };
  const slope = attrs.activation === 'leakyrelu' ? { alpha: attrs.leakyreluAlpha } : {};
  return kernel.lower(to, operands, slope, [output]) as Value;
}

/** A product, a bias and an activation, one after the other. */
const fused = (product: Rule): Rule => ({
  infer: (inputs, attrs) => product.infer(inputs, attrs),
  lower(to, inputs, attrs, outputs) {
    const output = outputs[0]!;
    const bare = product.lower(to, inputs, attrs, outputs) as Value;
    const { bias } = inputs;
    const moved = bias ? to.elementwise([bare, bias], output, ([x, b]) => to.emit('Add', [x!, b!])) : bare;
    return activated(to, moved, inputs, attrs, output);
  },
});

/** What `tf.fused` and layers call outside gradients. */
export const fusions: Rules = {
  _FusedMatMul: fused(linear.BatchMatMul!),
  FusedConv2D: fused(convolutions.Conv2D!),
  FusedDepthwiseConv2D: fused(convolutions.DepthwiseConv2dNative!),
};
