import { type Raster, SegscapeError, type Storage } from '@segscape/core';
import { clahe, withChannels } from '@segscape/data';
import { type JitOptions, jit } from '@segscape/jit';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { chosenNetwork, type NetworkChoice } from './chosen-network.js';
import type { ModelRecord } from './model-record.js';
import { probabilitiesOf } from './overlapping/label-planes.js';
import { type Ensemble, ensembleOf, type LeftOut, type Member, memberOf } from './predict/members.js';
import { type Prediction, predictionOf, scaled } from './predict/prediction.js';
import { chosenThreshold, type Threshold } from './predict/threshold.js';
import { tiledProbabilities } from './predict/tiled-probabilities.js';

export interface PredictorOptions extends NetworkChoice {
  readonly jit?: JitOptions;
  /** Averages over all flips and quarter turns of the image (test-time augmentation), at eight times the work. Default false. */
  readonly tta?: boolean;
  /** Averages over several networks of the run. Default: one alone. */
  readonly ensemble?: Ensemble;
  /**
   * Of runs with two classes: the probability in (0, 1) above which a pixel is of the second; `'validation'` takes the one
   * that the run chose on its validation images, of an ensemble the mean, where it did. Default: the likelier class. Of classes
   * that overlap: above which it is of each. Default 0.5.
   */
  readonly threshold?: number | 'validation';
}

export interface Predictor {
  readonly record: ModelRecord;
  readonly loss: string;
  /** How the loss was chosen: by the caller, by the validation images, or, where there were none, as the first one. */
  readonly chosenBy: 'caller' | 'validation' | 'order';
  readonly seed: number;
  /** Of a run with folds. */
  readonly fold?: number;
  readonly epoch: number;
  /** The networks whose probabilities are averaged; one without an ensemble. */
  readonly members: readonly Member[];
  /** Networks that the ensemble asked for and that could not take part. */
  readonly left: readonly LeftOut[];
  /** Above which probability a pixel is of the second class; undefined where the likelier class is taken. */
  readonly threshold?: Threshold;
  /**
   * The mask of an image or a volume of any size.
   * @param image `height × width`, of a run with volumes `depth × height × width`, with the run's channels.
   * @param signal stops it between tiles.
   * @param onProgress called after each batch of tiles of each network and orientation: how many are done, of how many.
   * @returns the mask, of the image's own size, with the probabilities at the size that the network works on.
   * @throws {SegscapeError} `SHAPE_MISMATCH` for a volume in place of an image or other channels than the run had;
   *   `ABORTED` when the signal has fired.
   */
  predict(
    image: Raster,
    signal?: AbortSignal,
    onProgress?: (completed: number, total: number) => void,
  ): Promise<Prediction>;
  /** Frees the weights; the predictor cannot predict after that. */
  dispose(): Promise<void>;
}

/** What `openPredictor` of `on-demand` does; its documentation stands there. */
export async function openPredictor(storage: Storage, options: PredictorOptions = {}): Promise<Predictor> {
  const { tta = false, ensemble, threshold: wanted } = options;
  const { first, members, left } = await networksOf(storage, options, ensemble);
  const { record, chosenBy, model } = first;
  const weights = members.map(({ params }) => params);
  const { overlapping = false } = record;
  let threshold: Threshold | undefined;
  try {
    threshold = await chosenThreshold(storage, wanted, record, members);
  } catch (error) {
    dispose(weights);
    throw error;
  }
  const forward = jit(
    ({ weights, images }: { weights: typeof first.params; images: Tensor }) =>
      probabilitiesOf(model.apply(weights, images), overlapping),
    options.jit,
  );
  const networks = members.map(({ params, record: own }) => ({
    predict: (images: Tensor) => forward({ weights: params, images } as never),
    normalize: own.preprocessing?.normalize ?? 'scale',
  }));

  return {
    record,
    ...memberOf(first),
    chosenBy,
    members: members.map(memberOf),
    left,
    ...(threshold && { threshold }),
    async predict(image, signal, onProgress) {
      const { clahe: contrast } = record.preprocessing ?? {};
      const sized = scaled(fitting(image, record), record);
      const input = contrast === undefined ? sized : clahe(sized, contrast);
      const probabilities = await tiledProbabilities(input, { model, networks, tta }, signal, onProgress);
      return predictionOf(probabilities, image, { threshold, overlapping });
    },
    async dispose() {
      dispose(weights);
      await forward.dispose();
    },
  };
}

async function networksOf(storage: Storage, choice: NetworkChoice, ensemble: Ensemble | undefined) {
  if (ensemble !== undefined) return ensembleOf(storage, choice, ensemble);
  const first = await chosenNetwork(storage, choice);
  return { first, members: [first], left: [] };
}

/** The image as the network's channels want it; nothing is guessed: gray images and RGB ones look different to it. */
function fitting(image: Raster, { channels, converts, volumes }: ModelRecord): Raster {
  if ((image.depth !== undefined) !== (volumes === true))
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      volumes
        ? 'predict: expected a volume, got an image: the network was trained on volumes. Give the stack of slices.'
        : `predict: expected an image, got a volume of ${image.depth} slices: the network was trained on images. Give its slices one by one.`,
      { details: { depth: image.depth } },
    );
  if (image.channels === channels) return image;
  if (converts) return withChannels(image, channels as 1 | 3);
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `predict: the image has ${image.channels} channel${image.channels === 1 ? '' : 's'}, the network was trained on images of ${channels}. Convert the image, or train with data.channels, which makes all images alike.`,
    { details: { given: image.channels, expected: channels } },
  );
}
