import type { Raster } from '@segscape/core';
import type { Run } from '@segscape/runs';
import {
  colourise,
  differenceMap,
  encodePng,
  outlineMask,
  type PictureFact,
  packedRange,
  packValues,
} from '../src/index.js';
import { disc, fundus } from './synthetic-images.js';

interface SyntheticPictures {
  readonly losses: readonly string[];
  readonly side: number;
  readonly samples: number;
  /** Epochs that have pictures of their own. */
  readonly epochs: readonly number[];
}

/** Pictures of test images as a study keeps them in `maps/`, and a training image before and after augmentation. */
export async function syntheticPictures(
  run: Run,
  { losses, side, samples, epochs }: SyntheticPictures,
): Promise<PictureFact[]> {
  const pictures: PictureFact[] = [];
  const add = async (raster: Raster, picture: PictureFact) => {
    await run.writeMap(picture.name, encodePng(raster));
    pictures.push(picture);
  };
  const size = { height: side, width: side };
  for (let s = 0; s < samples; s++) {
    const id = `phantom-${String(s + 24).padStart(3, '0')}`;
    const [cx, cy] = [side * (0.4 + 0.2 * s), side * (0.55 - 0.1 * s)];
    const image = fundus(side, cx, cy, s);
    const truth = disc(side, cx, cy, side * 0.17);
    await add(image, { name: `${id}/image`, group: 'prediction', title: 'Image', sample: id });
    await add(outlineMask(image, truth), {
      name: `${id}/truth`,
      group: 'prediction',
      title: 'Truth',
      sample: id,
    });
    for (const [l, loss] of losses.entries()) {
      const about = { sample: id, loss };
      const prediction = disc(side, cx + 2 * l - 3, cy + l - 2, side * (0.16 + 0.006 * l));
      const doubt = Float32Array.from({ length: side * side }, (_, i) => {
        const d = Math.hypot((i % side) - cx - l, Math.floor(i / side) - cy) - side * 0.17;
        return 0.9 * Math.exp(-((d / (3 + 2 * l)) ** 2)) + 0.02;
      });
      await add(outlineMask(image, prediction), {
        name: `${id}/${l}-prediction`,
        group: 'prediction',
        title: 'Prediction',
        ...about,
      });
      await add(differenceMap(truth, prediction, image), {
        name: `${id}/${l}-difference`,
        group: 'difference',
        title: 'Difference',
        ...about,
      });
      await add(colourise(doubt, { ...size, min: 0, max: 1, scheme: 'seismic', bar: true }), {
        name: `${id}/${l}-confidence`,
        group: 'confidence',
        title: '1 − confidence in the truth',
        ...about,
      });
      for (const [e, evaluated] of losses.slice(0, 3).entries())
        await add(
          colourise(
            doubt.map((v) => -Math.log(1 - v) * (e + 1)),
            { ...size, min: 0, max: 8, scheme: 'jet', bar: true },
          ),
          {
            name: `${id}/${l}-loss-${e}`,
            group: 'loss',
            title: evaluated,
            caption: 'Loss per pixel, one scale for all losses of this image: 0.00 to 8.00.',
            ...about,
          },
        );
      // While it trained the network saw less and was less sure.
      for (const epoch of epochs) {
        const early = disc(side, cx, cy, side * 0.02 * (epoch + 1));
        const values = doubt.map((v) => -Math.log(1 - v) + 1 / (epoch + 1));
        const name = `${id}/${l}-loss-0-epoch-${epoch}`;
        const kept = { name: `${name}-values`, ...packedRange([values]) };
        await add(outlineMask(image, early), {
          name: `${id}/${l}-prediction-epoch-${epoch}`,
          group: 'prediction',
          title: 'Prediction',
          epoch,
          ...about,
        });
        await run.writeMap(kept.name, encodePng(packValues(values, { ...size, ...kept })));
        await add(colourise(values, { ...size, scheme: 'jet', bar: true }), {
          name,
          group: 'loss',
          title: losses[0]!,
          epoch,
          values: kept,
          ...about,
        });
      }
    }
  }
  for (const [title, shift] of [
    ['Before', 0],
    ['After', 9],
  ] as const)
    await add(
      outlineMask(
        fundus(side, side / 2 + shift, side / 2, 5),
        disc(side, side / 2 + shift, side / 2, side * 0.17),
      ),
      {
        name: `augmentation/${title.toLowerCase()}`,
        group: 'augmentation',
        title,
        sample: 'phantom-000',
        caption: 'elastic, flip, brightness',
      },
    );
  return pictures;
}
