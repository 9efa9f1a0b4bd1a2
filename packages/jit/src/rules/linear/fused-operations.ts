import type { AttrsOf, InputsOf } from '../../lowering/kernels.js';
import type { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';
import type { Rule, Rules } from '../../lowering/rule.js';
import type { TypedShape } from '../../program.js';
import { activations } from '../elements/activation.js';
import { unaries } from '../elements/unary.js';
import { convolutions } from '../windows/convolution.js';
import { products } from './matrix-products.js';

type ProductName = 'BatchMatMul' | 'Conv2D' | 'DepthwiseConv2dNative';
type FusedName = '_FusedMatMul' | 'FusedConv2D' | 'FusedDepthwiseConv2D';

/** What TensorFlow.js names an activation inside a fused operation, by the rule of the kernel that it stands for. */
function activated(
  to: Lowering,
  x: LoweredTensor,
  { preluActivationWeights: alpha }: InputsOf<FusedName, LoweredTensor>,
  { activation, leakyreluAlpha }: AttrsOf<FusedName>,
  output: TypedShape,
): LoweredTensor {
  const by = (rule: Rule<'Relu' | 'Elu'>) => rule.lower(to, { x }, {}, [output]) as LoweredTensor;
  switch (activation) {
    case 'relu':
      return by(activations.Relu);
    case 'relu6':
      return by(activations.Relu6);
    case 'elu':
      return by(activations.Elu);
    case 'sigmoid':
      return by(unaries.Sigmoid);
    case 'leakyrelu': {
      const slope = leakyreluAlpha === undefined ? {} : { alpha: leakyreluAlpha };
      return activations.LeakyRelu.lower(to, { x }, slope, [output]) as LoweredTensor;
    }
    case 'prelu':
      return activations.Prelu.lower(to, { x, alpha: alpha! }, {}, [output]) as LoweredTensor;
    case undefined:
    case null:
    case 'linear':
      return x;
    default:
      throw new Error(`there is no rule for the activation '${activation}'`);
  }
}

/** A product, a bias and an activation, one after the other. */
const fused = (product: Rule<ProductName>): Rule<FusedName> => ({
  infer: (inputs, attrs) => product.infer(inputs, attrs),
  lower(to, inputs, attrs, outputs) {
    const [output] = outputs;
    const bare = product.lower(to, inputs, attrs, outputs) as LoweredTensor;
    const { bias } = inputs;
    const moved = bias ? to.elementwise([bare, bias], output, ([x, b]) => to.emit('Add', [x!, b!])) : bare;
    return activated(to, moved, inputs, attrs, output);
  },
});

/** Of planes alone: there is no fused one of volumes. */
const convolution: Rule<'Conv2D'> = convolutions.Conv2D;

/** What `tf.fused` and layers call outside gradients. */
export const fusions = {
  _FusedMatMul: fused(products.BatchMatMul),
  FusedConv2D: fused(convolution),
  FusedDepthwiseConv2D: fused(convolutions.DepthwiseConv2dNative),
} satisfies Rules;
