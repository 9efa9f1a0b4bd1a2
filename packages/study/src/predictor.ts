import type { Params, Raster, Storage } from '@segscape/core';
import { clahe } from '@segscape/data';
import { type JitOptions, jit } from '@segscape/jit';
import type { Model } from '@segscape/models';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { chosenNetwork, type NetworkChoice } from './chosen-network.js';
import type { ModelRecord } from './model-record.js';
import { probabilitiesOf } from './overlapping/label-planes.js';
import { fitting } from './predict/fitting.js';
import type { KnownNetwork } from './predict/known-network.js';
import { type Ensemble, ensembleOf, type LeftOut, type Member, memberOf } from './predict/members.js';
import { type Prediction, predictionOf, scaled } from './predict/prediction.js';
import { chosenThreshold, type Threshold } from './predict/threshold.js';
import { tiledMean } from './predict/tiled-mean.js';

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
  /** How the loss was chosen: by the caller, by the validation images, or as the first one: in the order of the run, which had none, or of one that is unfinished. */
  readonly chosenBy: 'caller' | 'validation' | 'order' | 'unfinished';
  readonly seed: number;
  /** Of a run with folds. */
  readonly fold?: number;
  readonly epoch: number;
  /** The networks whose probabilities are averaged; one without an ensemble. */
  readonly members: readonly Member[];
  /** Networks that the ensemble asked for and that could not take part. */
  readonly left: readonly LeftOut[];
  /** What surfaces are drawn around, one for each member; none of volumes. */
  readonly networks: readonly KnownNetwork[];
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
  const { record, chosenBy } = first;
  const weights = members.map(({ params }) => params);
  const { overlapping = false } = record;
  let threshold: Threshold | undefined;
  try {
    threshold = await chosenThreshold(storage, wanted, record, members);
  } catch (error) {
    dispose(weights);
    throw error;
  }
  const forwards = new Map<string, ReturnType<typeof forwardOf>>();
  for (const { network, model } of members)
    if (!forwards.has(network)) forwards.set(network, forwardOf(model, overlapping, options.jit));
  const networks = members.map(({ network, model, params, record: own }) => ({
    model,
    params,
    predict: (images: Tensor) => forwards.get(network)!({ weights: params, images }),
    normalize: own.preprocessing?.normalize ?? 'scale',
  }));
  const { clahe: contrast } = record.preprocessing ?? {};
  const sized = (image: Raster): Raster => {
    const own = scaled(fitting('predict', image, record), record);
    return contrast === undefined ? own : clahe(own, contrast);
  };

  return {
    record,
    ...memberOf(first),
    chosenBy,
    members: members.map(memberOf),
    left,
    networks: record.volumes
      ? []
      : networks.map(({ model, params, normalize }) => ({
          model,
          params,
          normalize,
          sized,
          logits: (output) => output,
          ...(overlapping && { overlapping }),
        })),
    ...(threshold && { threshold }),
    async predict(image, signal, onProgress) {
      const probabilities = await tiledMean(sized(image), { networks, tta }, signal, onProgress);
      return predictionOf(probabilities, image, { threshold, overlapping });
    },
    async dispose() {
      dispose(weights);
      for (const forward of forwards.values()) await forward.dispose();
    },
  };
}

/** From images to probabilities, compiled once for all weights of a network. */
const forwardOf = (model: Model, overlapping: boolean, options: JitOptions | undefined) =>
  jit(
    ({ weights, images }: { weights: Params; images: Tensor }) =>
      probabilitiesOf(model.apply(weights, images), overlapping),
    options,
  );

async function networksOf(storage: Storage, choice: NetworkChoice, ensemble: Ensemble | undefined) {
  if (ensemble !== undefined) return ensembleOf(storage, choice, ensemble);
  const first = await chosenNetwork(storage, choice);
  return { first, members: [first], left: [] };
}
