import type { Sample } from '@segscape/core';
import type { Dataset } from '@segscape/data';

/** What samples may take of the memory; decoding a photograph again takes longer than a step of training on it. */
const room = 2 ** 28;

/**
 * The same samples, kept in memory once read, as many as there is room for.
 * @param bytes what they may take together. Default 256 MiB.
 */
export function keptSamples(dataset: Dataset, bytes = room): Dataset {
  const kept = new Map<number, Sample>();
  let left = bytes;
  return {
    ...dataset,
    async get(index) {
      const known = kept.get(index);
      if (known !== undefined) return known;
      const sample = await dataset.get(index);
      const size = sample.image.data.byteLength + sample.mask.data.byteLength;
      if (size <= left && !kept.has(index)) {
        kept.set(index, sample);
        left -= size;
      }
      return sample;
    },
    describe: () => dataset.describe(),
  };
}
