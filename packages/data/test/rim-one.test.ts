import { mkdirSync, writeFileSync } from 'node:fs';
import { rimOneDataset } from '@segscape/data';
import { encode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from './fixtures/writers.js';

/** A picture whose left half is `left` and right half `right`. */
const halves = (width: number, height: number, left: number, right: number) =>
  encode({
    width,
    height,
    channels: 1,
    data: Uint8Array.from({ length: width * height }, (_, i) => (i % width < width / 2 ? left : right)),
  });

function database(masks: Readonly<Record<string, Uint8Array>>): string {
  const root = temporaryFolder();
  for (const folder of ['Healthy/Stereo Images', 'Healthy/Average_masks'])
    mkdirSync(`${root}/${folder}`, { recursive: true });
  writeFileSync(`${root}/Healthy/Stereo Images/N-1-L.png`, halves(2144, 1424, 100, 200));
  for (const [name, bytes] of Object.entries(masks))
    writeFileSync(`${root}/Healthy/Average_masks/${name}`, bytes);
  return root;
}

describe('rimOneDataset', () => {
  test('takes the left 1072 columns, ×0.4: 428×569, mask values above 20', async () => {
    const root = database({
      'N-1-L-Disc-Avg.png': halves(1072, 1424, 20, 21),
      'N-1-L-Cup-Avg.png': halves(1072, 1424, 0, 0),
    });
    const dataset = await rimOneDataset({ root });
    const { id, image, mask } = await dataset.get(0);
    expect([id, image.width, image.height, mask.width, mask.height]).toEqual(['N-1-L', 428, 569, 428, 569]);
    expect(new Set(image.data)).toEqual(new Set([100]));
    expect([mask.data[0], mask.data[427]]).toEqual([0, 1]);
    const right = await (await rimOneDataset({ root, eye: 'right' })).get(0);
    expect(right.image.data[0]).toBe(200);
  });

  test('a missing mask and an empty folder are named', async () => {
    await expect(rimOneDataset({ root: database({}) })).rejects.toMatchObject({
      code: 'PAIR_MISSING',
      message: expect.stringContaining('N-1-L.png'),
    });
    await expect(rimOneDataset({ root: temporaryFolder() })).rejects.toMatchObject({ code: 'EMPTY_DATASET' });
  });
});
