import type { Raster } from '@segscape/core';
import {
  colourise,
  differenceMap,
  encodePng,
  outlineMask,
  packedRange,
  packValues,
  percentileRange,
  toRgb,
} from '@segscape/report';
import { pathName, type Run } from '@segscape/runs';
import type { Picture } from '../tasks/pictures.js';
import type { TaskScores } from '../tasks/task-scores.js';
import type { JudgeOptions } from './judge-options.js';
import type { JudgedLoss } from './judged-losses.js';
import { type LossMap, lossMaps } from './loss-maps.js';
import type { Method } from './methods.js';

interface Scored {
  readonly scores: readonly TaskScores[];
  readonly foreground: string;
  readonly methods: readonly Method[];
  /** Index of each image of the truth in what each method made. */
  readonly places: readonly (readonly number[])[];
  readonly losses: readonly JudgedLoss[];
}

/** Indices of the images that the methods disagree on most; of a single method those that it does worst. */
function disputed({ scores, foreground }: Scored, count: number): number[] {
  const measure = `iou.${foreground}`;
  const spread = (scores[0]?.images ?? []).map((_, i) => {
    const values = scores.map(({ images }) => Number(images[i]![measure])).filter(Number.isFinite);
    if (values.length === 0) return -1;
    return scores.length > 1 ? Math.max(...values) - Math.min(...values) : 1 - values[0]!;
  });
  return [...spread.keys()].sort((a, b) => spread[b]! - spread[a]!).slice(0, count);
}

/** The truth as a gray picture, where the image itself was not given. */
const asImage = (mask: Raster): Raster => ({
  ...mask,
  data: Uint8Array.from(mask.data, (label) => (label === 0 ? 60 : 140)),
});

/** Truth, each mask and where it differs, on the images that are disputed most. */
export async function judgePictures(
  run: Run,
  { truth, images, shown = 6 }: JudgeOptions,
  scored: Scored,
): Promise<Picture[]> {
  const pictures: Picture[] = [];
  const add = async (raster: Raster, picture: Picture) => {
    await run.writeMap(picture.name, encodePng(raster));
    pictures.push(picture);
  };
  for (const index of disputed(scored, Math.min(shown, truth.length))) {
    const { id, mask } = await truth.get(index);
    const place = images?.ids?.indexOf(id) ?? -1;
    const image = toRgb(place < 0 || images === undefined ? asImage(mask) : (await images.get(place)).image);
    const fits = image.height === mask.height && image.width === mask.width;
    const under = fits ? image : toRgb(asImage(mask));
    await add(outlineMask(under, mask), {
      name: `${pathName(id)}-truth`,
      group: 'prediction',
      title: 'Truth',
      sample: id,
    });
    const maps: { readonly stem: string; readonly loss: string; readonly own: readonly LossMap[] }[] = [];
    for (const [n, { name: loss, get }] of scored.methods.entries()) {
      const { mask: made, probabilities } = await get(scored.places[n]![index]!);
      const stem = `${pathName(id)}-${pathName(loss)}`;
      await add(outlineMask(under, made), {
        name: stem,
        group: 'prediction',
        title: 'Prediction',
        sample: id,
        loss,
      });
      await add(differenceMap(mask, made, under), {
        name: `${stem}-difference`,
        group: 'difference',
        title: 'Difference',
        sample: id,
        loss,
      });
      if (probabilities === undefined) continue;
      await add(doubtOf(mask, probabilities), {
        name: `${stem}-confidence`,
        group: 'confidence',
        title: '1 − confidence in the truth',
        sample: id,
        loss,
      });
      maps.push({ stem, loss, own: await lossMaps(mask, probabilities, scored.losses) });
    }
    await addLossMaps(run, { id, mask, maps, add });
  }
  return pictures;
}

/** How little is believed in the truth; nothing at void pixels. */
function doubtOf({ data, height, width }: Raster, { data: given, channels }: Raster): Raster {
  const doubt = Float32Array.from(data, (label, i) =>
    label < channels ? 1 - given[i * channels + label]! : 0,
  );
  return colourise(doubt, { height, width, min: 0, max: 1, scheme: 'seismic', bar: true });
}

/** Maps of all losses of all methods on one scale, but for the highest half percent. */
async function addLossMaps(
  run: Run,
  {
    id,
    mask: { height, width },
    maps,
    add,
  }: {
    readonly id: string;
    readonly mask: Raster;
    readonly maps: readonly {
      readonly stem: string;
      readonly loss: string;
      readonly own: readonly LossMap[];
    }[];
    readonly add: (raster: Raster, picture: Picture) => Promise<void>;
  },
): Promise<void> {
  if (maps.length === 0) return;
  const scale = percentileRange(maps.flatMap(({ own }) => own.map(({ values }) => values)));
  for (const { stem, loss, own } of maps)
    for (const { label, values } of own) {
      const name = `${stem}-loss-${pathName(label)}`;
      const kept = { name: `${name}-values`, ...packedRange([values]) };
      await run.writeMap(kept.name, encodePng(packValues(values, { height, width, ...kept })));
      await add(colourise(values, { height, width, ...scale, scheme: 'jet', bar: true }), {
        name,
        group: 'loss',
        title: label,
        values: kept,
        caption: `Loss per pixel, one scale for this image: ${scale.min.toPrecision(2)} to ${scale.max.toPrecision(3)}; the highest 0.5 % of the pixels have the last colour.`,
        sample: id,
        loss,
      });
    }
}
