import { resolve } from 'node:path';
import { assertOneOf, countOf, isSegscapeError, type Raster, SegscapeError } from '@segscape/core';
import { readImage, resizeArea } from '@segscape/data';
import { encodePng, outlineMask, toRgb } from '@segscape/report';
import { pathName } from '@segscape/runs';
import { fsStorage } from '@segscape/runs/node';
import {
  type InstancePreset,
  instancePresets,
  type Objects,
  type PostprocessOptions,
  type Prediction,
  postprocess,
} from '@segscape/study';
import { stringify } from 'csv-stringify/sync';
import { prepareBackend } from '../backend.js';
import { jsonEvent } from '../json-events.js';
import type { FileSegmenterOptions } from '../predict/file-segmenter.js';
import { type Input, inputsOf, outputNames } from '../predict/inputs.js';
import { type Layer, layersOf } from '../predict/layers.js';
import { maskFiles, maskFormatOf } from '../predict/mask-files.js';
import { errorRow, type ObjectRow, objectColumns, objectsOf } from '../predict/objects.js';
import { openSegmenter, type RunSegmenterOptions } from '../predict/open-segmenter.js';
import { assertOutFolder, staleNotes } from '../predict/out-folder.js';
import { decisionText, type ImageRecord, predictionRecord } from '../predict/prediction-record.js';
import type { Segmenter } from '../predict/segmenter.js';
import { progressLine } from '../progress-line.js';
import { stoppable } from '../stop.js';

export interface PredictOptions extends RunSegmenterOptions, FileSegmenterOptions {
  readonly out: string;
  readonly overlay?: boolean;
  readonly probabilities?: boolean;
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

/** What is appended to an image's name for each of its pictures. */
const suffixesOf = ({ overlay, probabilities }: PredictOptions, layers: readonly Layer[]) =>
  layers.flatMap((layer) => [
    layer.suffix,
    ...(overlay ? [`${layer.suffix}-overlay`] : []),
    ...(probabilities ? layer.labels.slice(1).map((name) => probabilitySuffix(layer, name)) : []),
  ]);

/** Where a mask is of one class alone, its probabilities cannot go by the name of that class. */
const probabilitySuffix = ({ suffix }: Layer, name: string) =>
  suffix === '' ? `-${pathName(name)}` : `${suffix}-probability`;

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
  const suffixes = suffixesOf(options, layers);
  const names = outputNames(inputs, suffixes);
  const { volumes = false } = segmenter;
  if (volumes) assertWithoutPictures(options);
  const labelled = options.instances !== undefined;
  const files = [...names].flatMap(([input, name]) => {
    const format = maskFormatOf(input, volumes);
    const pictures = volumes ? [] : suffixes.map((suffix) => `${name}${suffix}.png`);
    const masks = layers.flatMap((layer) => [
      format.mask(name, layer),
      ...(labelled ? [format.instances(name, layer)] : []),
    ]);
    return [...new Set([...pictures, ...masks])];
  });
  await assertOutFolder(images, options.out, inputs, [...files, 'prediction.json']);
  const notes = [...(await staleNotes(options.out, files)), ...segmenter.notes];
  for (const note of notes) process.stderr.write(`Note: ${note}\n`);
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
  const failed: string[] = [];
  try {
    const out = fsStorage(resolve(options.out));
    const write = (file: string, bytes: Uint8Array | string) => out.write(file, bytes);
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
        record({ image: input.name, ...maskFiles(name, layers, format, labelled), objects: count });
      } catch (error) {
        if (stop.signal.aborted && isSegscapeError(error, 'ABORTED')) break;
        // One bad file must not cost the others; a disk that takes no more would.
        if (!isSegscapeError(error) || error.code === 'NOT_WRITABLE') throw error;
        failed.push(error.message);
        rows.push(errorRow(name, error.message));
        record({ image: input.name, error: error.message });
      }
      shown(index + 1, name);
    }
    await write(
      'objects.csv',
      stringify(rows.map(guarded), { header: true, columns: [...objectColumns(volumes)] }),
    );
    await write('prediction.json', predictionRecord(segmenter, tidying, records));
  } finally {
    line.end();
    stop.dispose();
  }
  for (const message of failed) process.stderr.write(`${message}\n`);
  const objects = rows.filter(({ error }) => error === '').length;
  if (options.json)
    jsonEvent({ type: 'done', result: { stopped: stop.signal.aborted, out: resolve(options.out), objects } });
  else
    process.stdout.write(
      `Masks and objects.csv (${countOf(objects, 'object')}) in ${resolve(options.out)}, ${segmenter.by}. A pixel is ${decisionText(segmenter)}.\n`,
    );
  if (stop.signal.aborted) return 130;
  return failed.length > 0 ? 1 : 0;
}

const progressEvent = (completed: number, total: number, label: string) =>
  jsonEvent({ type: 'progress', stage: 'images', completed, total, label });

interface Segmented extends Prediction {
  readonly image: Raster;
}

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

/** Draws what else was asked for of one mask. */
async function writePictures(
  name: string,
  layer: Layer,
  of: Segmented & { readonly objects: Objects },
  options: PredictOptions,
  write: (file: string, bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const { image, objects } = of;
  const { suffix, labels } = layer;
  if (options.overlay)
    await write(`${name}${suffix}-overlay.png`, encodePng(outlineMask(toRgb(image), objects.mask)));
  if (options.probabilities)
    for (let label = 1; label < labels.length; label++)
      await write(
        `${name}${probabilitySuffix(layer, labels[label]!)}.png`,
        encodePng(probabilityPicture(of, layer.channelOf(label), image)),
      );
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
