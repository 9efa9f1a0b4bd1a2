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
import { largestClass } from '../largest-class.js';
import type { Setup } from '../setup.js';

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
  readonly labels: Int32Array;
  /** `[height, width, classes]`. */
  readonly probabilities: Float32Array;
  /** Each loss of the study per pixel, on this prediction. */
  readonly lossMaps: readonly { readonly label: string; readonly values: Float32Array }[];
}

const plane = (data: Uint8Array, height: number, width: number): Raster => ({
  data,
  height,
  width,
  channels: 1,
});

/** The image, its truth and prediction, their difference, the confidence in the truth, and each loss per pixel. */
export async function samplePictures(
  run: Run,
  { classes, ignoreIndex }: Setup,
  shown: readonly SamplePrediction[],
): Promise<Picture[]> {
  const pictures: Picture[] = [];
  const add = async (raster: Raster, picture: Picture) => {
    await run.writeMap(picture.name, encodePng(raster));
    pictures.push(picture);
  };
  const scales = commonScales(shown);
  for (const { loss, id, height, width, input, labels, probabilities, lossMaps } of shown) {
    const stem = `${pathName(id)}/${pathName(loss)}`;
    const start = [Math.floor((input.height - height) / 2), Math.floor((input.width - width) / 2)] as const;
    const image = toRgb(bytes(cropRaster(input, start, [height, width])));
    const truth = plane(Uint8Array.from(labels), height, width);
    const prediction = largestClass({
      data: probabilities,
      height,
      width,
      channels: classes.length,
    });
    const about = { sample: id, loss };
    if (!pictures.some(({ sample, title }) => sample === id && title === 'Truth')) {
      await add(image, { name: `${pathName(id)}/image`, group: 'prediction', title: 'Image', sample: id });
      await add(outlineMask(image, truth), {
        name: `${pathName(id)}/truth`,
        group: 'prediction',
        title: 'Truth',
        sample: id,
      });
    }
    await add(outlineMask(image, prediction), {
      name: `${stem}-prediction`,
      group: 'prediction',
      title: 'Prediction',
      ...about,
    });
    await add(differenceMap(truth, prediction, image), {
      name: `${stem}-difference`,
      group: 'difference',
      title: 'Difference',
      ...about,
    });
    const doubt = Float32Array.from(labels, (label, i) =>
      label === ignoreIndex ? 0 : 1 - probabilities[i * classes.length + label]!,
    );
    await add(colourise(doubt, { height, width, min: 0, max: 1, scheme: 'seismic', bar: true }), {
      name: `${stem}-confidence`,
      group: 'confidence',
      title: '1 − confidence in the truth',
      ...about,
    });
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
