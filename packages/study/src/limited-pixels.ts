import type { Sample } from '@segscape/core';
import { type Dataset, resizeArea, resizeMajority } from '@segscape/data';

/** Bytes of scaled samples that are kept; the others are scaled anew each time. */
const mostKept = 2 ** 30;

/** Scales down what has more pixels than `maxPixels`; the mask follows by majority. */
export function limited(dataset: Dataset, maxPixels: number | undefined): Dataset {
  if (maxPixels === undefined) return dataset;
  const kept = new Map<number, Sample>();
  let room = mostKept;
  return {
    ...dataset,
    async get(index) {
      const known = kept.get(index);
      if (known !== undefined) return known;
      const sample = await dataset.get(index);
      const { height, width } = sample.image;
      const factor = Math.sqrt(maxPixels / (height * width));
      if (factor >= 1) return sample;
      const [h, w] = [Math.max(1, Math.round(height * factor)), Math.max(1, Math.round(width * factor))];
      const scaled = {
        ...sample,
        image: resizeArea(sample.image, h, w),
        mask: resizeMajority(sample.mask, h, w, dataset.classes.length),
      };
      const bytes = scaled.image.data.byteLength + scaled.mask.data.byteLength;
      if (bytes <= room && !kept.has(index)) {
        kept.set(index, scaled);
        room -= bytes;
      }
      return scaled;
    },
    describe: () => ({ ...dataset.describe(), maxPixels }),
  };
}
