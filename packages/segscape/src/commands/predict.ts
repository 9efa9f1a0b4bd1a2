import { resolve } from 'node:path';
import { isSegscapeError, type Raster, SegscapeError } from '@segscape/core';
import { readImage, resizeArea } from '@segscape/data';
import { encodePng, outlineMask, toRgb } from '@segscape/report';
import { pathName } from '@segscape/runs';
import { fsStorage } from '@segscape/runs/node';
import { openPredictor, type Prediction, type Predictor, readModelRecord } from '@segscape/study';
import { stringify } from 'csv-stringify/sync';
import { prepareBackend } from '../backend.js';
import { registryOf } from '../plugins.js';
import { type Input, inputsOf, outputNames } from '../predict/inputs.js';
import { errorRow, type ObjectRow, objectColumns, objectsOf } from '../predict/objects.js';
import { assertOutFolder } from '../predict/out-folder.js';
import { duration } from '../progress.js';
import { stoppable } from '../stop.js';

export interface PredictOptions {
  readonly out: string;
  readonly overlay?: boolean;
  readonly probabilities?: boolean;
  readonly loss?: string;
  readonly seed?: number;
  readonly backend: string;
}

/** Class indices spread over the grays, so that a mask can be looked at: 0 and 255 for two classes. */
const visible = (mask: Raster, classes: number): Raster => ({
  ...mask,
  data: Uint8Array.from(mask.data, (v) => Math.round((v * 255) / (classes - 1))),
});

/** What is appended to an image's name for each of its pictures. */
const suffixesOf = ({ overlay, probabilities }: PredictOptions, classes: readonly string[]) => [
  '',
  ...(overlay ? ['-overlay'] : []),
  ...(probabilities ? classes.slice(1).map((name) => `-${pathName(name)}`) : []),
];

/** `segscape predict`: masks, overlays and a table of objects for new images. */
export async function predict(model: string, images: string, options: PredictOptions): Promise<number> {
  const inputs = await inputsOf(images, options.out);
  const storage = fsStorage(resolve(model));
  const { classes } = await readModelRecord(storage);
  const suffixes = suffixesOf(options, classes);
  const names = outputNames(inputs, suffixes);
  const files = [...names.values()].flatMap((name) => suffixes.map((suffix) => `${name}${suffix}.png`));
  await assertOutFolder(images, options.out, inputs, files);
  const { jit } = await prepareBackend(options);
  const predictor = await openPredictor(storage, {
    jit,
    registry: await registryOf(storage, resolve(model)),
    ...(options.loss !== undefined && { loss: options.loss }),
    ...(options.seed !== undefined && { seed: options.seed }),
  });
  const stop = stoppable();
  const rows: ObjectRow[] = [];
  const failed: string[] = [];
  try {
    const out = fsStorage(resolve(options.out));
    const started = performance.now();
    for (const [index, input] of inputs.entries()) {
      if (stop.signal.aborted) break;
      const name = names.get(input)!;
      try {
        const prediction = await segmented(
          predictor,
          input,
          stop.signal,
          async (picture, suffix) => out.write(`${name}${suffix}.png`, encodePng(picture)),
          options,
        );
        rows.push(...objectsOf(name, prediction, classes));
      } catch (error) {
        if (stop.signal.aborted && isSegscapeError(error, 'ABORTED')) break;
        // One bad file must not cost the others; a disk that takes no more would.
        if (!isSegscapeError(error) || error.code === 'NOT_WRITABLE') throw error;
        failed.push(error.message);
        rows.push(errorRow(name, error.message));
      }
      process.stdout.write(
        `${index + 1}/${inputs.length} ${name}${remaining(started, index + 1, inputs.length)}\n`,
      );
    }
    await out.write(
      'objects.csv',
      stringify(rows.map(guarded), { header: true, columns: [...objectColumns] }),
    );
  } finally {
    stop.dispose();
    await predictor.dispose();
  }
  for (const message of failed) process.stderr.write(`${message}\n`);
  const objects = rows.filter(({ error }) => error === '').length;
  process.stdout.write(
    `Masks and objects.csv (${objects} objects) in ${resolve(options.out)}, ${by(predictor)}.\n`,
  );
  if (stop.signal.aborted) return 130;
  return failed.length > 0 ? 1 : 0;
}

const remaining = (started: number, done: number, total: number) =>
  done === total ? '' : ` (${duration(((performance.now() - started) / 1000 / done) * (total - done))} left)`;

/** By which network, and why that one. */
function by({ loss, seed, epoch, chosenBy }: Predictor): string {
  const why = {
    caller: '',
    validation: ', the best on the validation images',
    order: ', the first of the run, which had no validation images to choose by (--loss takes another)',
  }[chosenBy];
  return `by the network trained with ${loss}, seed ${seed}, epoch ${epoch}${why}`;
}

/** Segments one image and hands on its pictures. */
async function segmented(
  predictor: Predictor,
  { path, odd }: Input,
  signal: AbortSignal,
  write: (picture: Raster, suffix: string) => Promise<void>,
  options: PredictOptions,
): Promise<Prediction> {
  const { classes } = predictor.record;
  if (odd !== undefined) throw new SegscapeError('UNREADABLE_IMAGE', odd);
  const image = await readImage(path, { alpha: 'drop' });
  const prediction = await predictor.predict(image, signal);
  await write(visible(prediction.mask, classes.length), '');
  if (options.overlay) await write(outlineMask(toRgb(image), prediction.mask), '-overlay');
  if (options.probabilities)
    for (let c = 1; c < classes.length; c++)
      await write(probabilityPicture(prediction, c, image), `-${pathName(classes[c]!)}`);
  return prediction;
}

function probabilityPicture({ probabilities }: Prediction, c: number, { height, width }: Raster): Raster {
  const { channels } = probabilities;
  const plane = Uint8Array.from({ length: probabilities.height * probabilities.width }, (_, i) =>
    Math.round(255 * probabilities.data[i * channels + c]!),
  );
  return resizeArea(
    { data: plane, height: probabilities.height, width: probabilities.width, channels: 1 },
    height,
    width,
  );
}

/** A spreadsheet would run a cell that begins like a formula. */
const guarded = (row: ObjectRow): ObjectRow => ({
  ...row,
  image: plain(row.image),
  class: plain(row.class),
  error: plain(row.error),
});

const plain = (cell: string) => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);
