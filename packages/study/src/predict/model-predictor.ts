import { assertOneOf, assertOption, type Params, type Raster, random, SegscapeError } from '@segscape/core';
import { type ClaheOptions, clahe, type Normalize } from '@segscape/data';
import { type JitOptions, jit } from '@segscape/jit';
import type { Model } from '@segscape/models';
import { concat, dispose, sigmoid, softmax, sub, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { largestTile } from '../chosen-network.js';
import { type Activation, type KnownNetwork, logitsOf, sigmoidLogitsOf } from './known-network.js';
import { type Prediction, predictionOf, scaled } from './prediction.js';
import { settledThreshold, type Threshold } from './threshold.js';
import { tiledMean } from './tiled-mean.js';

export interface ModelPredictorOptions {
  /** How intensities are scaled; needed where the file does not say (those of `exportOnnx` do). */
  readonly normalize?: Normalize;
  /** Names of the classes, the background first. Default the file's; else `background` and `foreground`, or `class 1`, …. */
  readonly classes?: readonly string[];
  /** Default: told from the output for a picture of noise, which is probabilities or is not. */
  readonly activation?: Activation;
  /** Whether classes overlap, each by its own sigmoid. Default the file's; else they exclude each other. */
  readonly overlapping?: boolean;
  /** As for `openPredictor`. */
  readonly tta?: boolean;
  /** As for `openPredictor`; `'validation'` is the one that the file says, as those of `exportOnnx` do. */
  readonly threshold?: number | 'validation';
  readonly jit?: JitOptions;
}

/** What a file says of its images and classes, where it does. */
interface SaidOfModel {
  readonly classes?: readonly string[];
  readonly normalize?: Normalize;
  readonly clahe?: ClaheOptions;
  readonly overlapping: boolean;
  /** Factor of both sides. */
  readonly scale: number;
  /** That validation chose. */
  readonly threshold?: number;
}

export interface ModelPredictor {
  readonly classes: readonly string[];
  readonly normalize: Normalize;
  readonly activation: Activation;
  /** Whether each class is for itself; absent: they exclude each other. */
  readonly overlapping?: true;
  readonly threshold?: Threshold;
  /** What surfaces are drawn around. */
  readonly networks: readonly KnownNetwork[];
  /**
   * The mask of an image of any size.
   * @param image `height × width`, with as many channels as the model takes.
   * @param signal stops it between tiles.
   * @param onProgress called after each batch of tiles of each network and orientation: how many are done, of how many.
   * @returns the mask, of the image's own size, with the probabilities at the size that the network works on.
   * @throws {SegscapeError} `ABORTED` when the signal has fired.
   */
  predict(
    image: Raster,
    signal?: AbortSignal,
    onProgress?: (completed: number, total: number) => void,
  ): Promise<Prediction>;
  /** Frees the weights; the predictor cannot predict after that. */
  dispose(): Promise<void>;
}

/** What the output looks like for noise: how many channels, and whether they are probabilities. */
async function looked(
  model: Model,
  params: Params,
  channels: number,
  overlapping: boolean,
): Promise<{ readonly outputs: number; readonly activation: Activation }> {
  const [height, width] = model.inputSizeFor([largestTile / 4, largestTile / 4] as const);
  const rng = random(1);
  const noise = tensor(
    Float32Array.from({ length: height * width * channels }, () => rng.normal()),
    [1, height, width, channels],
  );
  const output = model.apply(params, noise);
  const outputs = output.shape[3]!;
  const values = await output.data();
  dispose([noise, output]);
  let isProbability = true;
  for (let i = 0; i < values.length && isProbability; i += outputs) {
    const own = Array.from(values.slice(i, i + outputs));
    const sum = own.reduce((a, b) => a + b, 0);
    isProbability =
      own.every((value) => value >= 0 && value <= 1) &&
      (outputs === 1 || overlapping || Math.abs(sum - 1) < 1e-3);
  }
  if (isProbability) return { outputs, activation: 'none' };
  return { outputs, activation: outputs === 1 || overlapping ? 'sigmoid' : 'softmax' };
}

/** Probabilities of each class; of a single output those of the two classes, unless classes overlap. */
function probabilitiesOf(output: Tensor, activation: Activation, overlapping: boolean): Tensor {
  const given =
    activation === 'softmax' ? softmax(output) : activation === 'sigmoid' ? sigmoid(output) : output;
  return given.shape[3] === 1 && !overlapping ? concat([sub(1, given), given], 3) : given;
}

/** What a model's classes are called; two of a single output, unless classes overlap. */
function namesOf(
  where: string,
  given: readonly string[] | undefined,
  outputs: number,
  overlapping: boolean,
): readonly string[] {
  const count = overlapping ? outputs : Math.max(2, outputs);
  if (given === undefined) {
    if (overlapping) return Array.from({ length: count }, (_, c) => `class ${c + 1}`);
    return count === 2
      ? ['background', 'foreground']
      : Array.from({ length: count }, (_, c) => (c === 0 ? 'background' : `class ${c}`));
  }
  assertOption(
    given.length === count,
    where,
    'classes',
    given,
    `be ${count} names, since the model gives ${count} classes`,
  );
  return given;
}

interface GivenModel {
  readonly model: Model;
  /** The predictor's from now on. */
  readonly params: Params;
  /** Of the images. */
  readonly channels: number;
  readonly said: SaidOfModel;
}

/**
 * A network of any origin, ready for images of any size. What its output means is told from what it makes of noise, where
 * nothing says it.
 * @param where for errors.
 * @throws {SegscapeError} `BAD_OPTION` where nothing says how intensities are scaled, and for what does not fit the model; the
 *   weights are freed.
 */
export async function modelPredictor(
  where: string,
  { model, params, channels, said }: GivenModel,
  options: ModelPredictorOptions,
): Promise<ModelPredictor> {
  try {
    const normalize = options.normalize ?? said.normalize;
    if (normalize === undefined)
      throw new SegscapeError(
        'BAD_OPTION',
        `${where}: the model does not say how its images are scaled. Give normalize: 'scale' (0 to 1), 'none' (as stored), 'zscore', 'percentile', 'minmax', or the mean and deviation of its training images.`,
        { details: { option: 'normalize' } },
      );
    if (options.activation !== undefined)
      assertOneOf(where, 'activation', options.activation, ['softmax', 'sigmoid', 'none']);
    const { overlapping = said.overlapping } = options;
    const seen = await looked(model, params, channels, overlapping);
    const activation = options.activation ?? seen.activation;
    const classes = namesOf(where, options.classes ?? said.classes, seen.outputs, overlapping);
    const { tta = false } = options;
    const threshold = settledThreshold(where, options.threshold, { classes, overlapping }, said.threshold);
    const forward = jit(
      ({ weights, images }: { weights: Params; images: Tensor }) =>
        tidy(() => probabilitiesOf(model.apply(weights, images), activation, overlapping)),
      options.jit,
    );
    const predict = (images: Tensor) => forward({ weights: params, images });
    const sized = (image: Raster) => {
      const own = scaled(image, said);
      return said.clahe === undefined ? own : clahe(own, said.clahe);
    };
    const meaning = overlapping
      ? { logits: (output: Tensor) => sigmoidLogitsOf(output, activation), overlapping }
      : { logits: (output: Tensor) => logitsOf(output, activation) };
    return {
      classes,
      normalize,
      activation,
      ...(overlapping && { overlapping }),
      ...(threshold && { threshold }),
      networks: [{ model, params, normalize, sized, ...meaning }],
      async predict(image, signal, onProgress) {
        const averaged = { networks: [{ model, predict, normalize }], tta };
        return predictionOf(await tiledMean(sized(image), averaged, signal, onProgress), image, {
          threshold,
          overlapping,
        });
      },
      async dispose() {
        dispose(params);
        await forward.dispose();
      },
    };
  } catch (error) {
    dispose(params);
    throw error;
  }
}
