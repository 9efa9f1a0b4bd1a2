import { memoryDataset } from '@segscape/data';
import { expect, test } from 'vitest';
import { Paintings } from '../src/data/paintings.js';
import { enlarged, withMasks } from '../src/study/painted-masks.js';

const mask = (height: number, width: number, data: number[]) => ({
  data: Uint8Array.from(data),
  height,
  width,
  channels: 1,
});
const data = { kind: 'phantom' };
const dot = (paintings: Paintings, config: typeof data, index: number) => {
  const painting = paintings.open(config, index, `picture ${index}`, mask(1, 2, [0, 0]));
  painting.begin();
  painting.stroke([0, 0], [0, 0], 0, 1);
  return painting;
};

test('a picture is changed while its mask is not as it came, and unsaved until it is saved as it is', () => {
  const paintings = new Paintings();
  const first = dot(paintings, data, 0);
  dot(paintings, { kind: 'picked' }, 0);
  paintings.open(data, 1, 'picture 1', mask(1, 2, [0, 0]));
  expect(paintings.changed(data).map(({ id, index }) => [id, index])).toEqual([['picture 0', 0]]);
  paintings.save(data);
  expect(paintings.unsaved).toBe(true);
  paintings.save({ kind: 'picked' }, 'picture 0');
  expect(paintings.unsaved).toBe(false);
  first.undo();
  expect([paintings.changed(data), paintings.unsaved]).toEqual([[], true]);
  expect(paintings.open(data, 0, 'picture 0', mask(1, 2, [7, 7]))).toBe(first);
});

test('an enlarged mask keeps what was not painted on, where the smaller one had lost it, too', () => {
  const whole = mask(4, 4, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2]);
  const first = mask(2, 2, [0, 0, 0, 2]);
  expect([...enlarged(whole, first, mask(2, 2, [0, 1, 0, 2])).data]).toEqual([
    ...[1, 0, 1, 1],
    ...[0, 0, 1, 1],
    ...[0, 0, 2, 0],
    ...[0, 0, 0, 2],
  ]);
  expect([...whole.data.slice(0, 4)]).toEqual([1, 0, 0, 0]);
});

test('painted masks stand in for those of their pictures alone, and of their size alone', async () => {
  const image = mask(1, 2, [9, 9]);
  const samples = ['a', 'b'].map((id) => ({ id, image, mask: mask(1, 2, [0, 0]) }));
  const dataset = memoryDataset(samples, ['background', 'foreground']);
  const painted = withMasks(dataset, new Map([['b', mask(1, 2, [0, 1])]]));
  expect([...(await painted.get(0)).mask.data, ...(await painted.get(1)).mask.data]).toEqual([0, 0, 0, 1]);
  expect(painted.describe()).toMatchObject({ length: 2, paintedMasks: 1 });
  await expect(withMasks(dataset, new Map([['b', mask(2, 2, [0, 0, 0, 0])]])).get(1)).rejects.toMatchObject({
    code: 'MASK_SIZE_MISMATCH',
    message: expect.stringMatching(/'b' is 2×2, and the picture is 2×1 now\. Take the masks as they came/),
  });
});
