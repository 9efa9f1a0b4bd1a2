import { predictTiled } from '@segscape/data';
import { unet } from '@segscape/models';
import { softmax, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type HostCase, one } from '../case.js';
import { uniforms } from '../inputs.js';
import { modelWeights, paramsOf } from '../models/inputs.js';

const model = unet({ classes: 2, baseChannels: 2, depth: 2, padding: 'valid' });
const inputSize = [20, 20] as const;

const tiles: HostCase = {
  name: 'data/predictTiled, valid U-Net, 13×17 image',
  inputs: () => modelWeights(model),
  async measure(given) {
    const params = paramsOf(given);
    const { data } = uniforms('image', [13, 17]);
    const raster = await predictTiled(
      { data: Float32Array.from(data), height: 13, width: 17, channels: 1 },
      (images: Tensor) => tidy(() => softmax(model.apply(params, images))),
      { inputSize, outputSize: model.outputSize(inputSize), overlap: 1, batchSize: 2 },
    );
    return {
      probabilities: { data: raster.data, shape: [raster.height, raster.width, raster.channels] },
      height: one(raster.height),
    };
  },
};

/** The part of `@segscape/data` that computes on tensors. */
export const dataCases = [tiles];
