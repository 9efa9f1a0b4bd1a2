import { isSegscapeError, nearestWord, type Raster, SegscapeError, type Storage } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import { predictTiled, resizeArea, resizeNearest, withChannels, withoutAlpha } from '@segscape/data';
import { type JitOptions, jit, toOnnx } from '@segscape/jit';
import { type ModelConfig, modelFromConfig } from '@segscape/models';
import { openRun, pathName } from '@segscape/runs';
import { dispose, softmax, type Tensor, zeros } from '@tensorflow/tfjs-core';
import type { Material } from './material.js';
import { load } from './tasks/training.js';

/** What a run records so that its networks can be used without its data. */
export interface ModelRecord {
  readonly model: ModelConfig;
  readonly classes: readonly string[];
  readonly channels: number;
  /** Factor of both sides that images were read with. */
  readonly scale: number;
  /** Images with more pixels were scaled down to it. */
  readonly maxPixels?: number;
  readonly losses: readonly string[];
  readonly seeds: readonly number[];
}

const recordPath = 'model.json';

/** Written before training begins. */
export async function writeModelRecord(
  storage: Storage,
  { model, classes, losses, summary }: Material,
  {
    data,
    training,
  }: {
    data: { readonly [key: string]: unknown; readonly maxPixels?: number | undefined };
    training: { readonly seeds: readonly number[] };
  },
): Promise<void> {
  const record: ModelRecord = {
    model: model.config,
    classes,
    channels: summary.channels,
    scale: typeof data.scale === 'number' ? data.scale : 1,
    ...(data.maxPixels !== undefined && { maxPixels: data.maxPixels }),
    losses: losses.map(({ label }) => label),
    seeds: training.seeds,
  };
  await storage.write(recordPath, JSON.stringify(record, null, 2));
}

/** @throws {SegscapeError} `NOT_FOUND` when the folder holds no run. */
export async function readModelRecord(storage: Storage): Promise<ModelRecord> {
  try {
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
  /** Label of the loss it was trained with. Default: the best on the test images, or the first. */
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
  readonly seed: number;
  readonly epoch: number;
  predict(image: Raster, signal?: AbortSignal): Promise<Prediction>;
  dispose(): Promise<void>;
}

const largestTile = 256;

/** The loss with the best mean IoU of the foreground, if the run has come to its report. */
async function bestLoss(storage: Storage, { losses }: ModelRecord): Promise<string> {
  try {
    const facts = JSON.parse(new TextDecoder().decode(await storage.read('report.json'))) as {
      foreground: string;
      intervals: { loss: string; measure: string; mean: number }[];
    };
    const ranked = facts.intervals
      .filter(({ measure }) => measure === `iou.${facts.foreground}`)
      .sort((a, b) => b.mean - a.mean);
    return ranked[0]?.loss ?? losses[0]!;
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND')) return losses[0]!;
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
  const loss = known('loss', options.loss ?? (await bestLoss(storage, record)), record.losses);
  const seed = Number(known('seed', String(options.seed ?? record.seeds[0]), record.seeds.map(String)));
  const state = await load(await openRun(storage), `${pathName(loss)}/seed-${seed}/latest`);
  return {
    record,
    loss,
    seed,
    epoch: state.epoch,
    model: modelFromConfig(record.model),
    params: toParams(state.params),
  };
}

/** A trained network of a run folder, ready for images of any size. */
export async function openPredictor(storage: Storage, options: PredictorOptions = {}): Promise<Predictor> {
  const { record, loss, seed, epoch, model, params } = await chosen(storage, options);
  const forward = jit(
    ({ weights, images }: { weights: typeof params; images: Tensor }) =>
      softmax(model.apply(weights, images)),
    options.jit,
  );

  return {
    record,
    loss,
    seed,
    epoch,
    async predict(image, signal) {
      const input = scaled(withChannels(withoutAlpha(image), record.channels as 1 | 3), record);
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
