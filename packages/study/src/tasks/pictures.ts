import { cropRaster } from '@segscape/augment';
import type { Raster } from '@segscape/core';
import {
  colourise,
  differenceMap,
  encodePng,
  outlineMask,
  type PictureValuesFact,
  packedRange,
  packValues,
  percentileRange,
  toRgb,
} from '@segscape/report';
import { pathName, type Run } from '@segscape/runs';
import type { Setup } from '../setup.js';
import { type PictureView, viewsOf } from './picture-views.js';

/** A picture in `maps/`, and where the report shows it. */
export interface Picture {
  readonly name: string;
  readonly group: 'augmentation' | 'prediction' | 'confidence' | 'loss' | 'difference';
  readonly title: string;
  readonly sample?: string;
  readonly loss?: string;
  readonly caption?: string;
  /** The numbers behind a loss map. */
  readonly values?: PictureValuesFact;
}

/** What a trained network made of one test image. */
export interface SamplePrediction {
  /** Loss it was trained with. */
  readonly loss: string;
  readonly id: string;
  readonly height: number;
  readonly width: number;
  /** As the network saw it; larger than the labels for valid convolutions. */
  readonly input: Raster;
  /** Class indices, or planes of classes that overlap. */
  readonly labels: Int32Array;
  /** `[height, width, classes]`. */
  readonly probabilities: Float32Array;
  /** Each loss of the study per pixel, on this prediction. */
  readonly lossMaps: readonly { readonly label: string; readonly values: Float32Array }[];
}

/** The image, its truth and prediction, their difference, the confidence in the truth, and each loss per pixel. */
export async function samplePictures(
  run: Run,
  setup: Pick<Setup, 'classes' | 'overlapping' | 'ignoreIndex'>,
  shown: readonly SamplePrediction[],
): Promise<Picture[]> {
  const pictures: Picture[] = [];
  const add = async (raster: Raster, picture: Picture) => {
    await run.writeMap(picture.name, encodePng(raster));
    pictures.push(picture);
  };
  const scales = commonScales(shown);
  for (const sample of shown) {
    const { loss, id, height, width, input, lossMaps } = sample;
    const stem = `${pathName(id)}/${pathName(loss)}`;
    const start = [Math.floor((input.height - height) / 2), Math.floor((input.width - width) / 2)] as const;
    const image = toRgb(bytes(cropRaster(input, start, [height, width])));
    const about = { sample: id, loss };
    const isFirst = !pictures.some((picture) => picture.sample === id);
    if (isFirst)
      await add(image, { name: `${pathName(id)}/image`, group: 'prediction', title: 'Image', sample: id });
    for (const view of viewsOf(setup, sample)) {
      if (isFirst)
        await add(outlineMask(image, view.truth), {
          name: `${pathName(id)}/truth${view.suffix}`,
          group: 'prediction',
          title: titled('Truth', view),
          sample: id,
        });
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
    const scale = scales.get(id)!;
    for (const { label, values } of lossMaps) {
      const name = `${stem}-loss-${pathName(label)}`;
      // A page colours them on another scale from these.
      const kept = { name: `${name}-values`, ...packedRange([values]) };
      await run.writeMap(kept.name, encodePng(packValues(values, { height, width, ...kept })));
      await add(colourise(values, { height, width, ...scale, scheme: 'jet', bar: true }), {
        name,
        group: 'loss',
        title: label,
        values: kept,
        caption: `Loss per pixel, one scale for all losses of this image: ${scale.min.toPrecision(2)} to ${scale.max.toPrecision(3)}; the highest 0.5 % of the pixels have the last colour.`,
        ...about,
      });
    }
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

/**
 * One scale for all loss maps of an image: the original study's common minimum and maximum, but for the highest half
 * percent, since one bright pixel would leave the others one colour.
 */
function commonScales(shown: readonly SamplePrediction[]): Map<string, { min: number; max: number }> {
  return new Map(
    [...new Set(shown.map(({ id }) => id))].map((id) => {
      const maps = shown.filter((other) => other.id === id).flatMap(({ lossMaps }) => lossMaps);
      return [id, percentileRange(maps.map(({ values }) => values))];
    }),
  );
}
