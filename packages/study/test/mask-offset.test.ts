import { type Raster, random, type Sample } from '@segscape/core';
import { memoryDataset } from '@segscape/data';
import { examineMasks, parseStudyConfig, studyRegistry, withMaskOffset } from '@segscape/study';
import { describe, expect, test } from 'vitest';
import { makeSetup } from '../src/make-setup.js';
import { tinyStudy } from './tiny-study.js';

const side = 48;
const plane = (valueAt: (y: number, x: number) => number): Raster => ({
  data: Uint8Array.from({ length: side * side }, (_, p) => valueAt(Math.floor(p / side), p % side)),
  height: side,
  width: side,
  channels: 1,
});

/** Discs on a ground, whose pictures lie `off` from their masks. */
function discs([down, right]: readonly [number, number], count = 8): Sample[] {
  const rng = random(3);
  return Array.from({ length: count }, (_, i) => {
    const [cy, cx, r] = [rng.integer(18, 30), rng.integer(18, 30), rng.integer(7, 13)];
    const within = (y: number, x: number) => r - Math.hypot(y - cy, x - cx);
    return {
      id: `disc-${i}`,
      image: plane((y, x) => 60 + 120 / (1 + Math.exp(-within(y + down, x + right))) + rng.integer(0, 9)),
      mask: plane((y, x) => Number(within(y, x) > 0)),
    };
  });
}

const dataset = (samples: readonly Sample[]) => memoryDataset(samples, ['ground', 'disc']);

describe('withMaskOffset', () => {
  test('moves images by whole pixels as they are, and leaves masks', async () => {
    const [sample] = discs([0, 0]);
    const moved = withMaskOffset(dataset([sample!]), [2, -3]);
    const { image, mask } = await moved.get(0);
    expect(mask).toBe(sample!.mask);
    const [there, here] = [sample!.image.data, image.data];
    for (let y = 4; y < side - 4; y++)
      for (let x = 4; x < side - 4; x++) expect(here[y * side + x]).toBe(there[(y - 2) * side + x + 3]);
    expect(moved.describe()).toMatchObject({ maskOffset: [2, -3] });
  });

  test('what was half a pixel off is there afterwards, volumes slice by slice', async () => {
    const [off, right] = [discs([0.6, -0.3]), discs([0, 0])];
    const { image } = await withMaskOffset(dataset(off), [0.6, -0.3]).get(0);
    const apart = (a: Raster, b: Raster) =>
      Math.max(...Array.from(a.data, (value, i) => Math.abs(value - b.data[i]!)));
    expect(apart(off[0]!.image, right[0]!.image)).toBeGreaterThan(17);
    expect(apart(image, right[0]!.image)).toBeLessThan(14); // the noise is 9
    const pair = ({ data }: Raster) => Uint8Array.from([...data, ...data]);
    const volume = { ...off[0]!.image, depth: 2, data: pair(off[0]!.image) };
    const sample = { id: 'v', image: volume, mask: { ...volume, data: pair(off[0]!.mask) } };
    const slices = (await withMaskOffset(dataset([sample]), [0.6, -0.3]).get(0)).image;
    expect(slices.data).toEqual(pair(image));
  });

  test('without an offset a dataset is as it was; what is none is refused', () => {
    const given = dataset(discs([0, 0], 1));
    expect(withMaskOffset(given, undefined)).toBe(given);
    for (const offset of [[1], [1, Number.NaN], [1, 2, 3], 4])
      expect(() => withMaskOffset(given, offset as never)).toThrow('offset');
  });
});

test('masks that lie off are told, with the offset that puts them right', async () => {
  const seen = await examineMasks(dataset(discs([-0.7, 0.2], 12)));
  const found = seen.findings.find(({ kind }) => kind === 'beside');
  expect(found).toMatchObject({ level: 'warning' });
  expect(found!.text).toMatch(
    /^The masks lie 0\.\d+ pixels above and 0\.\d+ to the right of the edges in their images/,
  );
  const { mean, count } = seen.offset!;
  expect(count).toBe(12);
  expect(Math.abs(mean[0] + 0.7)).toBeLessThan(0.1);
  expect(Math.abs(mean[1] - 0.2)).toBeLessThan(0.1);
  const mended = await examineMasks(withMaskOffset(dataset(discs([-0.7, 0.2], 12)), mean));
  expect(Math.hypot(...mended.offset!.mean)).toBeLessThan(0.1);
  for (const right of [mended, await examineMasks(dataset(discs([0, 0], 12)))])
    expect(right.findings.map(({ kind }) => kind)).not.toContain('beside');
});

test('a study moves images before it scales them, and says so', async () => {
  const setup = (data: object) =>
    makeSetup(
      parseStudyConfig({ ...tinyStudy, augment: [], data: { ...tinyStudy.data, ...data } }),
      studyRegistry,
    );
  const [plain, moved] = [await setup({}), await setup({ maskOffset: [0, 2] })];
  const [before, after] = [await plain.train.get(0), await moved.train.get(0)];
  expect(after.mask).toEqual(before.mask);
  const { width, channels } = before.image;
  const row = (image: Raster, from: number, to: number) =>
    image.data.subarray((5 * width + from) * channels, (5 * width + to) * channels);
  expect(row(after.image, 4, width)).toEqual(row(before.image, 2, width - 2));
  expect(moved.summary.dataset).toMatchObject({ maskOffset: [0, 2] });
  expect(() => parseStudyConfig({ data: { kind: 'phantom', maskOffset: [0.5] } as never })).toThrow(
    'maskOffset',
  );
  expect(() => parseStudyConfig({ data: { kind: 'phantom', maskOffset: [0, 99] } })).toThrow('maskOffset');
});
