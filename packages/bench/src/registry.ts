import type { Params } from '@segscape/core';
import { crossEntropy } from '@segscape/losses';
import { unet } from '@segscape/models';
import type { Tensor } from '@tensorflow/tfjs-core';

/** What the workers of the bench can evaluate. */
export default {
  unet: (config: Parameters<typeof unet>[0]) => {
    const model = unet(config);
    const loss = crossEntropy();
    return (params: Params, { images, labels }: { images: Tensor; labels: Tensor }) => ({
      ce: loss(labels, model.apply(params, images)),
    });
  },
};
