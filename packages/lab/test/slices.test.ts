import { memoryDataset } from '@segscape/data';
import { expect, test } from 'vitest';
import { slicedDataset } from '../src/data/slices.js';

const volume = (channels: number, depth: number) => ({
  data: Uint8Array.from({ length: depth * 6 * channels }, (_, i) => i),
  depth,
  height: 2,
  width: 3,
  channels,
  spacing: [5, 1, 2],
});

test('a volume becomes its slices, which stay together', async () => {
  const flat = { data: new Uint8Array(6), height: 2, width: 3, channels: 1 };
  const whole = memoryDataset(
    [
      { id: 'brain', image: volume(2, 3), mask: volume(1, 3) },
      { id: 'photo', image: flat, mask: flat },
    ],
    ['background', 'foreground'],
  );
  const ids = { ...whole, ids: ['brain', 'photo'] };
  const sliced = slicedDataset(ids, { brain: 3 });
  expect(sliced.ids).toEqual(['brain-slice-001', 'brain-slice-002', 'brain-slice-003', 'photo']);
  expect(sliced.groups).toEqual(['brain', 'brain', 'brain', 'photo']);
  const { id, image, mask } = await sliced.get(1);
  expect([id, image.depth, image.spacing]).toEqual(['brain-slice-002', undefined, [1, 2]]);
  expect([...image.data]).toEqual(Array.from({ length: 12 }, (_, i) => 12 + i));
  expect([...mask.data]).toEqual([6, 7, 8, 9, 10, 11]);
});
