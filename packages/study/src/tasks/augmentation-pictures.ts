import { withGridLines } from '@segscape/augment';
import { random } from '@segscape/core';
import { encodePng, outlineMask, toRgb } from '@segscape/report';
import { augmentation } from '../padding-and-crop.js';
import type { TaskContext } from './context.js';
import type { Picture } from './pictures.js';
import { sliceOf } from './shown-slice.js';

/** A training image with grid lines before and after its augmentation, so that one sees how it moves the picture. */
export async function drawAugmentation({ config, setup, registry, run }: TaskContext): Promise<Picture[]> {
  if (config.augment.length === 0) return [];
  const sample = await setup.train.get(0);
  // Every transform is shown, whatever its probability.
  const certain = { ...config, augment: config.augment.map(({ probability: _, ...transform }) => transform) };
  const spacing = Math.max(8, Math.round(Math.min(sample.image.height, sample.image.width) / 12));
  const before = { ...sample, image: withGridLines(sample.image, { spacing }) };
  const after = augmentation(certain as typeof config, registry)(
    before,
    random(config.training.seeds[0]!).fork('shown'),
  );
  const names = config.augment.map(({ kind }) => kind).join(', ');
  const pictures: Picture[] = [];
  for (const [title, { image, mask }] of [
    ['Before', before],
    ['After', after],
  ] as const) {
    const name = `augmentation/${title.toLowerCase()}`;
    const z = image.depth === undefined ? undefined : Math.floor(image.depth / 2);
    const [picture, truth] = z === undefined ? [image, mask] : [sliceOf(image, z), sliceOf(mask, z)];
    await run.writeMap(name, encodePng(outlineMask(toRgb(picture), truth)));
    pictures.push({ name, group: 'augmentation', title, sample: sample.id, caption: names });
  }
  return pictures;
}
