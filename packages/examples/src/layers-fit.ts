import { toParams } from '@segscape/core/params';
import { dice } from '@segscape/losses';
import { fromLayersModel } from '@segscape/models/layers';
import { adam, fit } from '@segscape/train';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

export interface SegmentationBatch {
  /** `[batch, height, width, channels]`. */
  readonly images: Tensor;
  /** Class indices, `[batch, height, width]`. */
  readonly labels: Tensor;
}

/**
 * Trains a `tf.LayersModel` by `fit`, with any loss, compiled for ONNX Runtime where that is installed; its running statistics
 * move along. The model has the trained weights afterwards.
 * @param data the batches of an epoch; `fit` disposes them.
 * @returns the loss of the last batch.
 */
export async function fitted(
  layersModel: LayersModel,
  data: () => AsyncIterable<SegmentationBatch>,
  epochs = 10,
): Promise<number> {
  const { model, params } = fromLayersModel(layersModel);
  dispose(params);
  const run = fit({ model, loss: dice(), optimizer: adam({ learningRate: 0.05 }), data, epochs, seed: 1 });
  let last = Number.NaN;
  for await (const event of run) {
    if (event.type === 'batch') last = event.loss;
    if (event.type !== 'done') continue;
    const trained = toParams(event.result.state.params);
    layersModel.setWeights(Object.keys(model.shapes).map((name) => trained[name]!));
    dispose(trained);
  }
  return last;
}
