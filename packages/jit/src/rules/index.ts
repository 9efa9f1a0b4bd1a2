import { activations } from './activation.js';
import { arithmetic } from './arithmetic.js';
import { cells } from './cells.js';
import { convolutions } from './convolution.js';
import { dilations } from './dilation.js';
import { fusions } from './fused.js';
import { indexing } from './indexing.js';
import { linear } from './linear.js';
import { logic } from './logic.js';
import { orderings } from './ordering.js';
import { poolings } from './pooling.js';
import { reductions } from './reduction.js';
import { resizes } from './resize.js';
import { responses } from './response.js';
import type { Rules } from './rule.js';
import { scatters } from './scatter.js';
import { shapes } from './shape.js';
import { slices } from './slicing.js';
import { softmaxes } from './softmax.js';
import { unaries } from './unary.js';
import { warps } from './warp.js';

/** Every TensorFlow.js kernel that can be written in ONNX. */
export const rules: Rules = {
  ...unaries,
  ...activations,
  ...arithmetic,
  ...logic,
  ...reductions,
  ...softmaxes,
  ...orderings,
  ...shapes,
  ...slices,
  ...convolutions,
  ...poolings,
  ...indexing,
  ...scatters,
  ...linear,
  ...fusions,
  ...responses,
  ...resizes,
  ...warps,
  ...cells,
  ...dilations,
};
