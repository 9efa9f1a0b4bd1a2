import { phantomDataset } from '@segscape/data';
import { expect, test } from 'vitest';
import { keptSamples } from '../src/kept-samples.js';

test('samples are read once while there is room, and again where there is none', async () => {
  const drawn = phantomDataset({ kind: 'fundus', count: 3, height: 16, width: 16, seed: 1 });
  const read: number[] = [];
  const counted = {
    ...drawn,
    get: (index: number) => {
      read.push(index);
      return drawn.get(index);
    },
  };
  const { image, mask } = await drawn.get(0);
  const size = image.data.byteLength + mask.data.byteLength;
  const dataset = keptSamples(counted, 2 * size);
  for (const index of [0, 1, 2, 0, 1, 2]) expect(await dataset.get(index)).toEqual(await drawn.get(index));
  expect(read).toEqual([0, 1, 2, 2]);
  // Two that ask for one at the same time take its room once.
  await Promise.all([dataset.get(2), dataset.get(2)]);
  const other = keptSamples(counted, 2 * size);
  await Promise.all([other.get(0), other.get(0)]);
  await other.get(1);
  read.length = 0;
  await Promise.all([other.get(0), other.get(1)]);
  expect(read).toEqual([]);
  expect(dataset.describe()).toEqual(drawn.describe());
});
