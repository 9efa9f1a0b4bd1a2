import type { Raster } from '@segscape/core';
import { differenceMap, encodePng, outlineMask, toRgb } from '@segscape/report';
import { pathName, type Run } from '@segscape/runs';
import type { TaskScores } from '../tasks/evaluation.js';
import type { Picture } from '../tasks/pictures.js';
import type { JudgeOptions } from './judge-options.js';

interface Scored {
  readonly scores: readonly TaskScores[];
  readonly foreground: string;
  /** Index of each image in each set of masks. */
  readonly places: Readonly<Record<string, readonly number[]>>;
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
  { truth, predictions, images, shown = 6 }: JudgeOptions,
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
    for (const [loss, dataset] of Object.entries(predictions)) {
      const { mask: made } = await dataset.get(scored.places[loss]![index]!);
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
    }
  }
  return pictures;
}
