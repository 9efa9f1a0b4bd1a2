import { isSegscapeError, nearestWord, type Raster, SegscapeError, type Storage } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import { predictTiled, resizeArea, resizeNearest, withChannels } from '@segscape/data';
import { type JitOptions, jit, toOnnx } from '@segscape/jit';
import { type ModelConfig, modelFromConfig } from '@segscape/models';
import type { ReportFacts } from '@segscape/report';
import { openRun } from '@segscape/runs';
import { dispose, softmax, type Tensor, zeros } from '@tensorflow/tfjs-core';
import type { StudyConfig } from './config/schema.js';
import type { Material } from './material.js';
import { type Selection, selectionOf } from './plan/selection.js';
import { loadSelected } from './tasks/checkpoints.js';

/** What a run records so that its networks can be used without its data. */
export interface ModelRecord {
  readonly model: ModelConfig;
  readonly classes: readonly string[];
  readonly channels: number;
  /** Whether the config made all images gray or all RGB; then `predict` does so too. */
  readonly converts?: boolean;
  /** Factor of both sides that images were read with. */
  readonly scale: number;
  /** Images with more pixels were scaled down to it. */
  readonly maxPixels?: number;
  readonly losses: readonly string[];
  readonly seeds: readonly number[];
  /** Which weights of a training count. Absent in runs before there was a choice: the last. */
  readonly select?: Selection;
}

const recordPath = 'model.json';

/** Written before training begins. */
export async function writeModelRecord(
  storage: Storage,
  material: Material,
  config: StudyConfig,
): Promise<void> {
  const { model, classes, losses, summary } = material;
  const { data, training } = config;
  const record: ModelRecord = {
    model: model.config,
    classes,
    channels: summary.channels,
    converts: typeof data.channels === 'number',
    scale: typeof data.scale === 'number' ? data.scale : 1,
    ...(data.maxPixels !== undefined && { maxPixels: data.maxPixels }),
    losses: losses.map(({ label }) => label),
    seeds: training.seeds,
    select: selectionOf(config, material),
  };
  await storage.write(recordPath, JSON.stringify(record, null, 2));
}

/** @throws {SegscapeError} `NOT_FOUND` when the folder holds no run; `CORRUPT_FILE` when the record is not what was written. */
export async function readModelRecord(given: Storage): Promise<ModelRecord> {
  try {
    const { storage } = await openRun(given);
    return JSON.parse(new TextDecoder().decode(await storage.read(recordPath))) as ModelRecord;
  } catch (cause) {
    if (!isSegscapeError(cause, 'NOT_FOUND')) throw cause;
    throw new SegscapeError(
      'NOT_FOUND',
      `openPredictor: there is no ${recordPath} here, so this is not the folder of a run. Give the folder that 'segscape run' made.`,
      { cause },
    );
  }
}

export interface PredictorOptions {
  /** Label of the loss it was trained with. Default: the best on the validation images; without any, the first. */
  readonly loss?: string;
  /** Default the first. */
  readonly seed?: number;
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

const largestTile = 256;

/** The loss that is best on the validation images, if the run had some and has come to its report. */
async function bestLoss(given: Storage): Promise<string | undefined> {
  try {
    const { storage } = await openRun(given);
    const { selection } = JSON.parse(
      new TextDecoder().decode(await storage.read('report.json')),
    ) as Partial<ReportFacts>;
    const { measure = '', values = {} } = selection ?? {};
    const sign = measure.split('.')[0] === 'loss' ? 1 : -1;
    return Object.entries(values).sort(([, a], [, b]) => sign * (a - b))[0]?.[0];
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

function known(what: string, given: string, all: readonly string[]): string {
  if (all.includes(given)) return given;
  const meant = nearestWord(given, all);
  throw new SegscapeError(
    'BAD_OPTION',
    `openPredictor: the run has no ${what} '${given}'. ${meant ? `Did you mean '${meant}'? ` : ''}It has: ${all.join(', ')}.`,
  );
}

/** Which network of a run is meant, with its weights. */
async function chosen(storage: Storage, options: Omit<PredictorOptions, 'jit'>) {
  const record = await readModelRecord(storage);
  const validated = options.loss === undefined ? await bestLoss(storage) : undefined;
  const loss = known('loss', options.loss ?? validated ?? record.losses[0]!, record.losses);
  const chosenBy = options.loss
    ? ('caller' as const)
    : validated
      ? ('validation' as const)
      : ('order' as const);
  const seed = Number(known('seed', String(options.seed ?? record.seeds[0]), record.seeds.map(String)));
  const state = await loadSelected(await openRun(storage), loss, seed, record.select ?? 'last');
  return {
    record,
    loss,
    chosenBy,
    seed,
    epoch: state.epoch,
    model: modelFromConfig(record.model),
    params: toParams(state.params),
  };
}

/** A trained network of a run folder, ready for images of any size. */
export async function openPredictor(storage: Storage, options: PredictorOptions = {}): Promise<Predictor> {
  const { record, loss, chosenBy, seed, epoch, model, params } = await chosen(storage, options);
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
      return { probabilities, mask: resizeNearest(classesOf(probabilities), image.height, image.width) };
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

function classesOf({ data, height, width, channels, ...rest }: Raster): Raster {
  const mask = new Uint8Array(height * width);
  for (let i = 0; i < mask.length; i++) {
    let best = 0;
    for (let c = 1; c < channels; c++) if (data[i * channels + c]! > data[i * channels + best]!) best = c;
    mask[i] = best;
  }
  return { ...rest, data: mask, height, width, channels: 1 };
}

/**
 * A trained network as an ONNX model: `images` (float32 `[batch, height, width, channels]`, uint8 / 255) to `logits`, any batch, the
 * size of one tile; metadata name the classes, the loss and the normalisation.
 */
export async function exportOnnx(
  storage: Storage,
  options: Omit<PredictorOptions, 'jit'> = {},
): Promise<Uint8Array> {
  const { record, loss, seed, epoch, model, params } = await chosen(storage, options);
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
