import type { Tensor } from '@tensorflow/tfjs-core';

/** A model's weights: `'encoder.0.conv.0.kernel'` → tensor; insertion order is the layer order. */
export type Params = Record<string, Tensor>;
