import { type Raster, SegscapeError, type Storage } from '@segscape/core';
import { predictTiled, resizeArea, resizeNearest, withChannels } from '@segscape/data';
import { type JitOptions, jit } from '@segscape/jit';
import { dispose, softmax, type Tensor } from '@tensorflow/tfjs-core';
import { chosenNetwork, largestTile, type NetworkChoice } from './chosen-network.js';
import { largestClass } from './largest-class.js';
import type { ModelRecord } from './model-record.js';

export interface PredictorOptions extends NetworkChoice {
  readonly jit?: JitOptions;
}

export interface Prediction {
  /** Class indices, uint8, of the image's own size. */
  readonly mask: Raster;
  /** Float32 `[height, width, classes]` at the size that the network worked on. */
  readonly probabilities: Raster;
}

export interface Predictor {
  readonly record: ModelRecord;
  readonly loss: string;
  /** How the loss was chosen: by the caller, by the validation images, or, where there were none, as the first one. */
  readonly chosenBy: 'caller' | 'validation' | 'order';
  readonly seed: number;
  readonly epoch: number;
  predict(image: Raster, signal?: AbortSignal): Promise<Prediction>;
  dispose(): Promise<void>;
}

/** A trained network of a run folder, ready for images of any size. */
export async function openPredictor(storage: Storage, options: PredictorOptions = {}): Promise<Predictor> {
  const { record, loss, chosenBy, seed, epoch, model, params } = await chosenNetwork(storage, options);
  const forward = jit(
    ({ weights, images }: { weights: typeof params; images: Tensor }) =>
      softmax(model.apply(weights, images)),
    options.jit,
  );

  return {
    record,
    loss,
    chosenBy,
    seed,
    epoch,
    async predict(image, signal) {
      const input = scaled(fitting(image, record), record);
      const tile = [Math.min(input.height, largestTile), Math.min(input.width, largestTile)] as const;
      const inputSize = model.inputSizeFor(tile);
      const outputSize = model.outputSize(inputSize);
      const probabilities = await predictTiled(
        input,
        (images) => forward({ weights: params, images } as never),
        {
          inputSize,
          outputSize,
          overlap: Math.min(32, Math.floor(Math.min(...outputSize) / 4)),
          ...(signal && { signal }),
        },
      );
      return { probabilities, mask: resizeNearest(largestClass(probabilities), image.height, image.width) };
    },
    async dispose() {
      dispose(params);
      await forward.dispose();
    },
  };
}

/** The image as the network's channels want it; nothing is guessed: gray images and RGB ones look different to it. */
function fitting(image: Raster, { channels, converts }: ModelRecord): Raster {
  if (image.channels === channels) return image;
  if (converts) return withChannels(image, channels as 1 | 3);
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `predict: the image has ${image.channels} channel${image.channels === 1 ? '' : 's'}, the network was trained on images of ${channels}. Convert the image, or train with data.channels, which makes all images alike.`,
    { details: { given: image.channels, expected: channels } },
  );
}

/** As in training: by the recorded factor, then down to the recorded number of pixels. */
function scaled(image: Raster, { scale, maxPixels = Number.POSITIVE_INFINITY }: ModelRecord): Raster {
  const pixels = image.height * image.width * scale * scale;
  const factor = scale * Math.min(1, Math.sqrt(maxPixels / pixels));
  const [height, width] = [
    Math.max(1, Math.round(image.height * factor)),
    Math.max(1, Math.round(image.width * factor)),
  ];
  return factor === 1 ? image : resizeArea(image, height, width);
}
