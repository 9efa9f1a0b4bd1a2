import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { type Raster, SegscapeError } from '@segscape/core';
import { readImage, resizeArea } from '@segscape/data';
import { connectedComponents } from '@segscape/morphology';
import { encodePng, outlineMask, toRgb } from '@segscape/report';
import { fsStorage } from '@segscape/runs/node';
import { openPredictor, type Prediction } from '@segscape/study';
import { stringify } from 'csv-stringify/sync';
import { prepareBackend } from '../backend.js';
import { stoppable } from '../stop.js';

export interface PredictOptions {
  readonly out: string;
  readonly overlay?: boolean;
  readonly probabilities?: boolean;
  readonly loss?: string;
  readonly seed?: number;
  readonly backend: string;
}

const pictures = /\.(png|jpe?g|gif|bmp|tiff?|p[bgpn]m)$/i;

async function imagesOf(path: string): Promise<string[]> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new SegscapeError(
      'NOT_FOUND',
      `predict: '${path}' is neither an image nor a folder that can be read.`,
      { cause },
    );
  });
  if (!info.isDirectory()) return [path];
  const files = (await readdir(path)).filter((name) => pictures.test(name)).sort();
  if (files.length === 0)
    throw new SegscapeError(
      'EMPTY_DATASET',
      `predict: there is no image in '${path}'. Known: png, jpeg, gif, bmp, tiff, ppm.`,
    );
  return files.map((name) => join(path, name));
}

/** One line of objects.csv: a connected piece of one class. */
interface ObjectRow {
  image: string;
  object: number;
  class: string;
  areaPixels: number;
  areaSquareMicrometres: number | '';
  confidence: number;
}

/** Confidence is that of the network's own pixels, so the mask is compared at its size. */
function objectsOf(
  image: string,
  { mask, probabilities }: Prediction,
  classes: readonly string[],
): ObjectRow[] {
  const rows: ObjectRow[] = [];
  const { height, width } = mask;
  const pixelArea = mask.spacing ? mask.spacing[0]! * mask.spacing[1]! : undefined;
  for (let c = 1; c < classes.length; c++) {
    const own: Raster = { ...mask, data: Uint8Array.from(mask.data, (v) => Number(v === c)) };
    const { labels, count } = connectedComponents(own);
    const area = new Float64Array(count + 1);
    const belief = new Float64Array(count + 1);
    for (let i = 0; i < labels.data.length; i++) {
      const object = labels.data[i]!;
      if (object === 0) continue;
      const y = Math.floor(((Math.floor(i / width) + 0.5) * probabilities.height) / height);
      const x = Math.floor((((i % width) + 0.5) * probabilities.width) / width);
      area[object]!++;
      belief[object]! += probabilities.data[(y * probabilities.width + x) * probabilities.channels + c]!;
    }
    for (let object = 1; object <= count; object++)
      rows.push({
        image,
        object: rows.length + 1,
        class: classes[c]!,
        areaPixels: area[object]!,
        areaSquareMicrometres: pixelArea === undefined ? '' : area[object]! * pixelArea,
        confidence: Number((belief[object]! / area[object]!).toFixed(4)),
      });
  }
  return rows;
}

/** Class indices spread over the grays, so that a mask can be looked at: 0 and 255 for two classes. */
const visible = (mask: Raster, classes: number): Raster => ({
  ...mask,
  data: Uint8Array.from(mask.data, (v) => Math.round((v * 255) / (classes - 1))),
});

/** `segscape predict`: masks, overlays and a table of objects for new images. */
export async function predict(model: string, images: string, options: PredictOptions): Promise<number> {
  const files = await imagesOf(images);
  const { jit } = await prepareBackend(options);
  const predictor = await openPredictor(fsStorage(resolve(model)), {
    jit,
    ...(options.loss !== undefined && { loss: options.loss }),
    ...(options.seed !== undefined && { seed: options.seed }),
  });
  const { classes } = predictor.record;
  const out = fsStorage(resolve(options.out));
  const stop = stoppable();
  const rows: ObjectRow[] = [];
  const failed: string[] = [];
  try {
    for (const [index, file] of files.entries()) {
      if (stop.signal.aborted) break;
      const name = basename(file, extname(file));
      try {
        const image = await readImage(file);
        const prediction = await predictor.predict(image, stop.signal);
        await out.write(`${name}.png`, encodePng(visible(prediction.mask, classes.length)));
        if (options.overlay)
          await out.write(`${name}-overlay.png`, encodePng(outlineMask(toRgb(image), prediction.mask)));
        if (options.probabilities)
          for (let c = 1; c < classes.length; c++)
            await out.write(`${name}-${classes[c]}.png`, encodePng(probabilityPicture(prediction, c, image)));
        rows.push(...objectsOf(name, prediction, classes));
        process.stdout.write(`${index + 1}/${files.length} ${name}\n`);
      } catch (error) {
        // One bad file must not cost the others.
        if (!(error instanceof SegscapeError) || error.code !== 'UNREADABLE_IMAGE') throw error;
        failed.push(error.message);
      }
    }
    await out.write(
      'objects.csv',
      stringify(rows, {
        header: true,
        columns: ['image', 'object', 'class', 'areaPixels', 'areaSquareMicrometres', 'confidence'],
      }),
    );
  } finally {
    stop.dispose();
    await predictor.dispose();
  }
  for (const message of failed) process.stderr.write(`${message}\n`);
  process.stdout.write(
    `Masks and objects.csv (${rows.length} objects) in ${resolve(options.out)}, by the network trained with ${predictor.loss}.\n`,
  );
  if (stop.signal.aborted) return 130;
  return failed.length > 0 ? 1 : 0;
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
