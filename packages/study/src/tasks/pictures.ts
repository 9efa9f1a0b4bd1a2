import { cropRaster } from '@segscape/augment';
import type { Raster } from '@segscape/core';
import {
  colourise,
  differenceMap,
  encodePng,
  outlineMask,
  type PictureFact,
  type PictureValuesFact,
  packedRange,
  packValues,
  percentileRange,
  toRgb,
} from '@segscape/report';
import { pathName, type Run } from '@segscape/runs';
import type { Setup } from '../setup.js';
import { type PictureView, viewsOf } from './picture-views.js';
import type { SamplePrediction } from './sample-prediction.js';

export type Picture = PictureFact;

/** Where pictures are written to. */
type Gallery = Pick<Run, 'writeMap'>;

type Drawing = Pick<Setup, 'classes' | 'overlapping' | 'ignoreIndex'>;

/** The ends of colours. */
export interface ColourRange {
  readonly min: number;
  readonly max: number;
}

/**
 * One scale for all loss maps of an image: the original study's common minimum and maximum, but for the highest half
 * percent, since one bright pixel would leave the others one colour.
 */
export const lossScale = (seen: readonly SamplePrediction[]): ColourRange =>
  percentileRange(seen.flatMap(({ lossMaps }) => lossMaps.map(({ values }) => values)));

/** Writes pictures to `maps/`, and keeps what is said of each. */
const writer = (run: Gallery, pictures: Picture[]) => async (raster: Raster, picture: Picture) => {
  await run.writeMap(picture.name, encodePng(raster));
  pictures.push(picture);
};

/** The image as people see it, at the size of what the network says. */
function shownImage({ input, height, width }: SamplePrediction): Raster {
  const start = [Math.floor((input.height - height) / 2), Math.floor((input.width - width) / 2)] as const;
  return toRgb(bytes(cropRaster(input, start, [height, width])));
}

/**
 * The image and its truth, which are the same whatever a network says.
 * @param folder of `maps/` that they go to.
 */
export async function imagePictures(
  run: Gallery,
  setup: Drawing,
  sample: SamplePrediction,
  folder = pathName(sample.id),
): Promise<Picture[]> {
  const pictures: Picture[] = [];
  const add = writer(run, pictures);
  const { id, slice } = sample;
  const image = shownImage(sample);
  const about = { group: 'prediction', sample: id } as const;
  await add(image, {
    name: `${folder}/image`,
    title: slice ? `Image, slice ${slice.index + 1} of ${slice.count}` : 'Image',
    ...about,
  });
  for (const view of viewsOf(setup, sample))
    await add(outlineMask(image, view.truth), {
      name: `${folder}/truth${view.suffix}`,
      title: titled('Truth', view),
      ...about,
    });
  return pictures;
}

/** Where pictures go, and what all of them have in common. */
export interface PicturePlace {
  /** What their names begin with. */
  readonly stem: string;
  readonly sample: string;
  readonly loss: string;
  readonly epoch?: number;
}

/** A network's prediction, the difference from the truth, and the confidence in the truth. */
export async function predictionPictures(
  run: Gallery,
  setup: Drawing,
  sample: SamplePrediction,
  { stem, ...about }: PicturePlace,
): Promise<Picture[]> {
  const pictures: Picture[] = [];
  const add = writer(run, pictures);
  const { height, width } = sample;
  const image = shownImage(sample);
  for (const view of viewsOf(setup, sample)) {
    await add(outlineMask(image, view.prediction), {
      name: `${stem}-prediction${view.suffix}`,
      group: 'prediction',
      title: titled('Prediction', view),
      ...about,
    });
    await add(differenceMap(view.truth, view.prediction, image), {
      name: `${stem}-difference${view.suffix}`,
      group: 'difference',
      title: titled('Difference', view),
      ...about,
    });
    await add(colourise(view.doubt, { height, width, min: 0, max: 1, scheme: 'seismic', bar: true }), {
      name: `${stem}-confidence${view.suffix}`,
      group: 'confidence',
      title: titled('1 − confidence in the truth', view),
      ...about,
    });
  }
  return pictures;
}

/** Numbers per pixel, none of them negative, and how they are coloured. */
export interface ValuesPicture {
  readonly name: string;
  /** `[height, width]`. */
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly scale: ColourRange;
}

/** Writes a map in colours, and its numbers beside it, since a page colours them on other scales. */
export async function writeValues(
  run: Gallery,
  { name, values, height, width, scale }: ValuesPicture,
): Promise<PictureValuesFact> {
  const kept = { name: `${name}-values`, ...packedRange([values]) };
  await run.writeMap(kept.name, encodePng(packValues(values, { height, width, ...kept })));
  const coloured = colourise(values, { height, width, ...scale, scheme: 'jet', bar: true });
  await run.writeMap(name, encodePng(coloured));
  return kept;
}

/**
 * What a network makes of an image: its prediction, the difference from the truth, the confidence in the truth, and each loss
 * per pixel that was computed.
 * @param scale of the loss maps.
 * @param epoch that the weights are of, where they are not those that were scored.
 */
export async function samplePictures(
  run: Gallery,
  setup: Drawing,
  sample: SamplePrediction,
  { scale, epoch }: { readonly scale: ColourRange; readonly epoch?: number },
): Promise<Picture[]> {
  const { loss, id, height, width, lossMaps } = sample;
  const at = epoch === undefined ? '' : `-epoch-${String(epoch).padStart(4, '0')}`;
  const stem = `${pathName(id)}/${pathName(loss)}${at}`;
  const about = { sample: id, loss, ...(epoch !== undefined && { epoch }) };
  const pictures = await predictionPictures(run, setup, sample, { stem, ...about });
  for (const { label, values } of lossMaps) {
    const name = `${stem}-loss-${pathName(label)}`;
    pictures.push({
      name,
      group: 'loss',
      title: label,
      values: await writeValues(run, { name, values, height, width, scale }),
      caption: `Loss per pixel, one scale for all losses of this image: ${scale.min.toPrecision(2)} to ${scale.max.toPrecision(3)}; ${epoch === undefined ? 'the highest 0.5 % of the pixels have' : 'what is higher than in the scored networks has'} the last colour.`,
      ...about,
    });
  }
  return pictures;
}

/** Which class a picture is of, where it is of one. */
const titled = (title: string, { of }: PictureView) => (of === undefined ? title : `${title}: ${of}`);

/** Floats in [0, 1], as `batches` scales them, back to 8 bits, so that all pictures of an image are alike. */
const bytes = (raster: Raster): Raster => ({
  ...raster,
  data: Uint8Array.from(raster.data, (v) => Math.max(0, Math.min(255, Math.round(v * 255)))),
});
