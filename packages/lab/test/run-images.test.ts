import { withMaskOffset } from '@segscape/study';
import { expect, test } from 'vitest';
import { datasetOf } from '../src/study/known-datasets.js';
import { imagesOf } from '../src/study/run-images.js';

const phantom = { kind: 'phantom', phantom: 'membrane', count: 2, height: 32, width: 32 };
const chosen = { ...phantom, count: 3 };

test('a run is looked at with its own images as it was trained on, else with those that are shown', async () => {
  const maskOffset = [-0.6, 0.2] as const;
  const run = { ...phantom, maskOffset, clahe: true, crop: [16, 16] };
  const { dataset, own } = await imagesOf({ data: run }, chosen);
  expect(own).toBe(true);
  const moved = withMaskOffset(await datasetOf(phantom), maskOffset);
  expect((await dataset.get(1)).image).toEqual((await moved.get(1)).image);
  expect((await dataset.get(1)).image).not.toEqual((await (await datasetOf(phantom)).get(1)).image);

  const elsewhere = await imagesOf({ data: { ...run, kind: 'folder' } }, chosen);
  expect(elsewhere.own).toBe(false);
  expect(elsewhere.dataset).toBe(await datasetOf(chosen));
});
