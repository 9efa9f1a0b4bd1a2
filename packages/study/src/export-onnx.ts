import type { Storage } from '@segscape/core';
import { toOnnx } from '@segscape/jit';
import { dispose, type Tensor, zeros } from '@tensorflow/tfjs-core';
import { chosenNetwork, largestTile, type NetworkChoice } from './chosen-network.js';

/**
 * A trained network as an ONNX model: `images` (float32 `[batch, height, width, channels]`, uint8 / 255) to `logits`, any batch, the
 * size of one tile; metadata name the classes, the loss and the normalisation.
 */
export async function exportOnnx(storage: Storage, options: NetworkChoice = {}): Promise<Uint8Array> {
  const { record, loss, seed, epoch, model, params } = await chosenNetwork(storage, options);
  const [height, width] = model.inputSizeFor([largestTile, largestTile]);
  const example = zeros([1, height, width, record.channels]);
  try {
    return toOnnx(
      ({ images }: { images: Tensor }) => ({ logits: model.apply(params, images) }),
      { images: example },
      {
        metadata: {
          classes: record.classes.join(','),
          loss,
          seed: String(seed),
          epoch: String(epoch),
          normalize: 'scale: uint8 / 255, uint16 / 65535',
          scale: String(record.scale),
          model: JSON.stringify(record.model),
        },
      },
    );
  } finally {
    dispose([example, ...Object.values(params)]);
  }
}
