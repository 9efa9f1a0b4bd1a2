import { focal } from '@segscape/losses';
import { type Tensor4D, train } from '@tensorflow/tfjs-core';
import { initializers, layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';

/** A `tf.LayersModel` for segmentation, trained with the focal loss: every loss takes (labels, logits) as `compile` asks. */
export function compiled(classes: number, inputChannels = 1): Sequential {
  const model = sequential();
  model.add(
    layers.conv2d({
      inputShape: [null, null, inputChannels],
      filters: 8,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: initializers.glorotUniform({ seed: 1 }),
    }),
  );
  // Its last layer has no softmax; where there is one, write focal({ input: 'probabilities' }).
  model.add(
    layers.conv2d({
      filters: classes,
      kernelSize: 1,
      kernelInitializer: initializers.glorotUniform({ seed: 2 }),
    }),
  );
  model.compile({ optimizer: train.adam(0.05), loss: focal({ gamma: 2 }) });
  return model;
}

/** The loss of each epoch. @param labels one-hot, as a LayersModel wants them. */
export async function trained(
  model: Sequential,
  images: Tensor4D,
  labels: Tensor4D,
  epochs = 20,
): Promise<number[]> {
  const { history } = await model.fit(images, labels, { epochs, shuffle: false, verbose: 0 });
  return history.loss as number[];
}
