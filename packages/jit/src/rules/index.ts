import type { KernelName } from '../lowering/kernels.js';
import type { AnyRule, Rule } from '../lowering/rule.js';
import { fillings } from './arrangement/filling.js';
import { gatherings } from './arrangement/gathering.js';
import { paddings } from './arrangement/padding.js';
import { reshapings } from './arrangement/reshaping.js';
import { scatterings } from './arrangement/scattering.js';
import { slices } from './arrangement/slicing.js';
import { blocks } from './arrangement/space-to-batch.js';
import { activations } from './elements/activation.js';
import { arithmetic } from './elements/arithmetic.js';
import { normalizations } from './elements/batch-norm.js';
import { logic } from './elements/logic.js';
import { unaries } from './elements/unary.js';
import { fusions } from './linear/fused-operations.js';
import { products } from './linear/matrix-products.js';
import { orderings } from './reductions/ordering.js';
import { reductions } from './reductions/reduction.js';
import { softmaxes } from './reductions/softmax.js';
import { resizings } from './sampling/resizing.js';
import { warpings } from './sampling/warping.js';
import { convolutions } from './windows/convolution.js';
import { dilations } from './windows/dilation.js';
import { responses } from './windows/local-response.js';
import { poolings } from './windows/pooling.js';

const byKernel = {
  ...unaries,
  ...activations,
  ...arithmetic,
  ...logic,
  ...normalizations,
  ...reductions,
  ...softmaxes,
  ...orderings,
  ...fillings,
  ...reshapings,
  ...slices,
  ...paddings,
  ...gatherings,
  ...scatterings,
  ...blocks,
  ...convolutions,
  ...poolings,
  ...responses,
  ...dilations,
  ...resizings,
  ...warpings,
  ...products,
  ...fusions,
} satisfies { [K in KernelName]: Rule<K> };

/** Every TensorFlow.js kernel that can be written in ONNX. */
export const rules: Readonly<Record<string, AnyRule>> = byKernel;
