import type { Raster, Sample } from '@segscape/core';
import { type Batch, type BatchOptions, batches, memoryDataset, toFloats } from '@segscape/data';
import { expectTensors } from '@segscape/testing';
import { dispose } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const classes = ['background', 'thing'];
const raster = (data: Raster['data'], height: number, width: number, channels = 1): Raster => ({
  data,
  height,
  width,
  channels,
});
const sample = (id: number, size = 2): Sample => ({
  id: `s${id}`,
  image: raster(new Uint8Array(size * size).fill(id), size, size),
  mask: raster(new Uint8Array(size * size).fill(id % 2), size, size),
});
const dataset = memoryDataset(
  Array.from({ length: 7 }, (_, i) => sample(i)),
  classes,
);

async function all(options: BatchOptions, data = dataset) {
  const list: { ids: string[]; images: number[]; shape: number[] }[] = [];
  for await (const { ids, images, labels } of batches(data, options)) {
    list.push({ ids, images: Array.from(images.dataSync()), shape: images.shape });
    dispose([images, labels]);
  }
  return list;
}

describe('batches', () => {
  test('uint8 becomes float32 of a 255th, masks int32, the last batch is smaller', async () => {
    const list: Batch[] = [];
    for await (const batch of batches(dataset, { batchSize: 3 })) list.push(batch);
    expect(list.map(({ ids }) => ids.length)).toEqual([3, 3, 1]);
    expect(list[0]!.images.shape).toEqual([3, 2, 2, 1]);
    expect(list[0]!.images.dataSync()[4]).toBeCloseTo(1 / 255, 7);
    expect([list[0]!.labels.shape, list[0]!.labels.dtype]).toEqual([[3, 2, 2], 'int32']);
    expect(Array.from(list[0]!.labels.dataSync().slice(3, 6))).toEqual([0, 1, 1]);
    for (const { images, labels } of list) dispose([images, labels]);
    expect((await all({ batchSize: 3, dropLast: true })).length).toBe(2);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'an image with %d is refused, whatever becomes of it',
    async (odd) => {
      const image = raster(Float32Array.of(1, odd, 2, odd), 2, 2);
      const data = memoryDataset([sample(0), { ...sample(1), image }], classes);
      for (const normalize of ['scale', 'zscore'] as const)
        await expect(all({ batchSize: 2, normalize }, data)).rejects.toMatchObject({
          code: 'NOT_FINITE',
          message: expect.stringMatching(
            `^batches: the image of sample 's1' has [24] values that are not finite, the first ${odd}\\. Put numbers in`,
          ),
        });
      const mended: BatchOptions['transform'] = (given) => ({
        ...given,
        image: {
          ...given.image,
          data: given.image.data.map((value) => (Number.isFinite(value) ? value : 0)),
        },
      });
      expect((await all({ batchSize: 2, transform: mended }, data)).length).toBe(1);
    },
  );

  test('a raster of fewer values than its sides say is named', async () => {
    const short = memoryDataset([{ ...sample(1), image: raster(new Uint8Array(3), 2, 2) }], classes);
    await expect(all({ batchSize: 1 }, short)).rejects.toThrow(
      "batches: sample 's1': a raster of [2, 2, 1] needs 4 values, got 3.",
    );
  });

  test('order and random transforms depend on seed and epoch only, never on timing', async () => {
    const transform: BatchOptions['transform'] = (given, rng) => ({
      ...given,
      image: { ...given.image, data: new Uint8Array(4).fill(rng.integer(0, 256)) },
    });
    const slow = {
      ...dataset,
      async get(index: number) {
        await new Promise((resolve) => setTimeout(resolve, ((index * 7) % 5) * 3));
        return dataset.get(index);
      },
    };
    const options = { batchSize: 2, shuffle: true, seed: 9, epoch: 1, transform };
    const wanted = await all(options);
    expect(await all({ ...options, prefetch: 4, workers: 7 }, slow)).toEqual(wanted);
    expect(await all({ ...options, prefetch: 0, workers: 1 }, slow)).toEqual(wanted);
    expect(await all({ ...options, epoch: 2 })).not.toEqual(wanted);
    expect(await all({ ...options, seed: 10 })).not.toEqual(wanted);
    expect(wanted.flatMap(({ ids }) => ids).sort()).toEqual([...dataset.ids!].sort());
  });

  test('what prepare makes comes as float32 with channels', async () => {
    const prepare = (mask: Raster) => ({
      distance: raster(
        Float32Array.from(mask.data, (value) => value + 0.5),
        mask.height,
        mask.width,
      ),
    });
    for await (const { images, labels, prepared } of batches(dataset, { batchSize: 7, prepare })) {
      expect(prepared!.distance!.shape).toEqual([7, 2, 2, 1]);
      expect(prepared!.distance!.dataSync()[4]).toBe(1.5);
      dispose([images, labels, prepared]);
    }
  });

  test('leaving early leaks nothing, and errors arrive in turn', async () => {
    await expectTensors(0, async () => {
      for await (const { images, labels } of batches(dataset, { batchSize: 2, prefetch: 3 })) {
        dispose([images, labels]);
        break;
      }
    });
    const broken = {
      ...dataset,
      get: (i: number) => (i === 4 ? Promise.reject(new Error('five')) : dataset.get(i)),
    };
    const seen: string[] = [];
    await expect(
      (async () => {
        for await (const { ids, images, labels } of batches(broken, { batchSize: 2, prefetch: 5 })) {
          seen.push(...ids);
          dispose([images, labels]);
        }
      })(),
    ).rejects.toThrow('five');
    expect(seen).toEqual(['s0', 's1', 's2', 's3']);
  });

  test('samples of different size are named, with what to do', async () => {
    const mixed = memoryDataset([sample(0, 2), sample(1, 3)], classes);
    await expect(all({ batchSize: 2 }, mixed)).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      message: expect.stringContaining(
        "sample 's0' is 2×2×1 and 's1' is 3×3×1 (height×width×channels). Crop, pad",
      ),
    });
    expect((await all({ batchSize: 1 }, mixed)).map(({ shape }) => shape[1])).toEqual([2, 3]);
    expect(() => batches(dataset, { batchSize: 0 })).toThrow(
      'batches: batchSize (=0) must be an integer of at least 1.',
    );
    expect(() => batches(dataset, { batchSize: 1, normalize: 'unit' as 'scale' })).toThrow('normalize');
  });
});

describe('toFloats', () => {
  const image = raster(Uint16Array.of(0, 100, 65_535, 300), 1, 2, 2);

  test('scale, minmax, standard, fixed', () => {
    expect(toFloats(image)).toBeAllclose([0, 100 / 65_535, 1, 300 / 65_535]);
    expect(toFloats(image, 'minmax')).toBeAllclose([0, 100 / 65_535, 1, 300 / 65_535]);
    expect(toFloats(image, 'standard')).toBeAllclose([-1, -1, 1, 1]);
    expect(toFloats(image, { mean: [0.5, 0], deviation: [0.5, 1] })).toBeAllclose([
      -1,
      100 / 65_535,
      1,
      300 / 65_535,
    ]);
    expect(toFloats({ ...image, data: Float32Array.of(-3, 2, 0, 7) })).toBeAllclose([-3, 2, 0, 7]);
  });
});
