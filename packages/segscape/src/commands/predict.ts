import { resolve } from 'node:path';
import { assertOneOf, countOf, isSegscapeError, type Raster, SegscapeError } from '@segscape/core';
import { readImage } from '@segscape/data';
import { fsStorage } from '@segscape/runs/node';
import { type InstancePreset, instancePresets, type PostprocessOptions, postprocess } from '@segscape/study';
import { stringify } from 'csv-stringify/sync';
import { prepareBackend } from '../backend.js';
import { jsonEvent } from '../json-events.js';
import { type Failure, failureLines } from '../predict/failures.js';
import type { FileSegmenterOptions } from '../predict/file-segmenter.js';
import { type Input, inputsOf } from '../predict/inputs.js';
import { layersOf } from '../predict/layers.js';
import { maskFormatOf } from '../predict/mask-files.js';
import { errorRow, type ObjectRow, objectColumns, objectsOf } from '../predict/objects.js';
import { openSegmenter, type RunSegmenterOptions } from '../predict/open-segmenter.js';
import { assertOutFolder, earlierFiles, staleFiles, staleNotes } from '../predict/out-folder.js';
import { outputsOf, pathsOf } from '../predict/output-files.js';
import { type PictureOptions, writePictures } from '../predict/pictures.js';
import { pixelNotes } from '../predict/pixel-notes.js';
import { decisionText, type ImageRecord, predictionRecord } from '../predict/prediction-record.js';
import type { Segmenter } from '../predict/segmenter.js';
import { progressLine } from '../progress-line.js';
import { stoppable } from '../stop.js';

export interface PredictOptions extends RunSegmenterOptions, FileSegmenterOptions, PictureOptions {
  readonly out: string;
  /** A preset's name; true for the usual one. */
  readonly instances?: string | true;
  readonly removeSmall?: number;
  readonly largest?: boolean;
  readonly fillHoles?: boolean;
  readonly backend: string;
  readonly json?: boolean;
  /** Which of several pages, points in time or pictures of a file. */
  readonly page?: number;
  readonly time?: number;
  readonly series?: number;
}

function postprocessingOf({
  instances,
  removeSmall,
  largest = false,
  fillHoles = false,
}: PredictOptions): PostprocessOptions {
  const preset = instances === true ? 'touching' : instances;
  if (preset !== undefined) assertOneOf('predict', '--instances', preset, presets);
  return { fillHoles, largest, ...(removeSmall && { removeSmall }), ...(preset && { instances: preset }) };
}

const presets = Object.keys(instancePresets) as InstancePreset[];

/** `segscape predict`: masks, overlays and a table of objects for new images. */
export async function predict(model: string, images: string, options: PredictOptions): Promise<number> {
  const inputs = await inputsOf(images, options.out);
  const tidying = postprocessingOf(options);
  const { jit } = await prepareBackend(options);
  const segmenter = await openSegmenter(model, options, jit);
  try {
    return await segmentAll(segmenter, images, inputs, tidying, options);
  } finally {
    await segmenter.dispose();
  }
}

/** Pictures are of images. */
function assertWithoutPictures({ overlay, probabilities }: PredictOptions): void {
  const option = overlay ? 'overlay' : probabilities ? 'probabilities' : undefined;
  if (option === undefined) return;
  throw new SegscapeError(
    'BAD_OPTION',
    `predict: --${option} draws images, and the run is of volumes. Leave it out, and lay the masks over the volumes in a viewer.`,
    { details: { option } },
  );
}

async function segmentAll(
  segmenter: Segmenter,
  images: string,
  inputs: readonly Input[],
  tidying: PostprocessOptions,
  options: PredictOptions,
): Promise<number> {
  const layers = layersOf(segmenter);
  const { volumes = false } = segmenter;
  if (volumes) assertWithoutPictures(options);
  const labelled = options.instances !== undefined;
  const { names, files } = outputsOf(inputs, layers, { ...options, labelled, volumes });
  await assertOutFolder(images, options.out, inputs, [
    ...[...files.values()].flatMap(pathsOf),
    'prediction.json',
  ]);
  say(segmenter.notes);
  const earlier = await earlierFiles(options.out);
  const notes: string[] = [];
  const made = new Set<string>();
  const pixels = pixelNotes(segmenter);
  const stop = stoppable();
  const line = progressLine(inputs.length);
  const shown = (completed: number, name: string) => {
    line.show(completed, name);
    if (options.json) progressEvent(completed, inputs.length, name);
  };
  const rows: ObjectRow[] = [];
  const records: ImageRecord[] = [];
  const record = (one: ImageRecord) => {
    records.push(one);
    if (options.json) jsonEvent({ type: 'image', ...one });
  };
  const failures: Failure[] = [];
  try {
    const out = fsStorage(resolve(options.out));
    const write = async (file: string, bytes: Uint8Array | string) => {
      await out.write(file, bytes);
      made.add(file);
    };
    for (const [index, input] of inputs.entries()) {
      if (stop.signal.aborted) break;
      const name = names.get(input)!;
      const format = maskFormatOf(input, volumes);
      try {
        const image = await imageOf(input, options);
        const prediction = await segmenter.predict(image, stop.signal, (completed, total) =>
          shown(index + completed / total, name),
        );
        let count = 0;
        for (const layer of layers) {
          const { labels } = layer;
          const objects = postprocess(layer.maskOf(prediction), labels.length, tidying);
          // First, since it is what can be refused.
          if (labelled) await write(format.instances(name, layer), await format.encodeInstances(objects));
          await write(format.mask(name, layer), await format.encodeMask(objects, layer));
          await writePictures(name, layer, { ...prediction, image, objects }, options, write);
          rows.push(...objectsOf(name, objects, prediction.probabilities, layer, count));
          count += objects.classOf.length;
        }
        record({ image: input.name, ...files.get(input)!, objects: count });
        pixels.add(input.name, image);
      } catch (error) {
        if (stop.signal.aborted && isSegscapeError(error, 'ABORTED')) break;
        // One bad file must not cost the others; a disk that takes no more would.
        if (!isSegscapeError(error) || error.code === 'NOT_WRITABLE') throw error;
        failures.push({ input, message: error.message });
        rows.push(errorRow(name, error.message));
        record({ image: input.name, error: error.message });
      }
      shown(index + 1, name);
    }
    await write(
      'objects.csv',
      stringify(rows.map(guarded), { header: true, columns: [...objectColumns(volumes)] }),
    );
    const stale = staleFiles(earlier, made, options.out);
    await write('prediction.json', predictionRecord(segmenter, tidying, records, stale));
    notes.push(...staleNotes(stale, options.out), ...pixels.notes());
  } finally {
    line.end();
    stop.dispose();
  }
  say(notes);
  for (const message of failureLines(failures)) process.stderr.write(`${message}\n`);
  const objects = rows.filter(({ error }) => error === '').length;
  if (options.json)
    jsonEvent({ type: 'done', result: { stopped: stop.signal.aborted, out: resolve(options.out), objects } });
  else
    process.stdout.write(
      `Masks and objects.csv (${countOf(objects, 'object')}) in ${resolve(options.out)}, ${segmenter.by}. A pixel is ${decisionText(segmenter)}.\n`,
    );
  if (stop.signal.aborted) return 130;
  return failures.length > 0 ? 1 : 0;
}

const say = (notes: readonly string[]) => {
  for (const note of notes) process.stderr.write(`Note: ${note}\n`);
};

const progressEvent = (completed: number, total: number, label: string) =>
  jsonEvent({ type: 'progress', stage: 'images', completed, total, label });

/** Reads one image, or the one of several in its file that is meant. */
async function imageOf({ path, odd }: Input, { page, time, series }: PredictOptions): Promise<Raster> {
  if (odd !== undefined) throw new SegscapeError('UNREADABLE_IMAGE', odd);
  return readImage(path, {
    alpha: 'drop',
    ...(page !== undefined && { page }),
    ...(time !== undefined && { time }),
    ...(series !== undefined && { series }),
  });
}

/** A spreadsheet would run a cell that begins like a formula. */
const guarded = (row: ObjectRow): ObjectRow => ({
  ...row,
  image: plain(row.image),
  class: plain(row.class),
  error: plain(row.error),
});

const plain = (cell: string) => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);
