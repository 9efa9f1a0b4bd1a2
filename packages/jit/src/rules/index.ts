import { convolutions } from './convolution.js';
import { elementwise } from './elementwise.js';
import { indexing } from './indexing.js';
import { linear } from './linear.js';
import { poolings } from './pooling.js';
import { reductions } from './reduction.js';
import { resizes } from './resize.js';
import type { Rules } from './rule.js';
import { shapes } from './shape.js';
import { slices } from './slicing.js';

/** Every TensorFlow.js kernel that can be written in ONNX. */
export const rules: Rules = {
  ...elementwise,
  ...reductions,
  ...shapes,
  ...slices,
  ...convolutions,
  ...poolings,
  ...indexing,
  ...linear,
  ...resizes,
};
