import { random } from '@segscape/core';
import { overlapTiles, predictTiled } from '@segscape/data';
import { expectTensors } from '@segscape/testing';
import {
  add,
  avgPool,
  avgPool3d,
  concat,
  mul,
  slice,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
  tidy,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const rng = random(1);
const image = (height: number, width: number, channels = 1) => ({
  data: Float32Array.from({ length: height * width * channels }, () => rng.uniform()),
  height,
  width,
  channels,
});

describe('overlapTiles', () => {
  test('512×512 by 388 outputs of 572 inputs: four tiles, as in the original study', () => {
    const tiles = overlapTiles(512, 512, { inputSize: [572, 572], outputSize: [388, 388] });
    expect(tiles.map(({ output }) => output)).toEqual([
      [0, 0],
      [0, 124],
      [124, 0],
      [124, 124],
    ]);
    expect(tiles[0]!.input).toEqual([-92, -92]);
  });

  test('outputs cover every pixel, for any size and overlap', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 4, max: 20 }),
        fc.nat(3),
        (length, size, overlap) => {
          const covered = new Set<number>();
          for (const { output } of overlapTiles(1, length, { inputSize: [1, size], overlap: 0 }))
            for (let x = 0; x < size; x++) covered.add(output[1] + x);
          for (let x = 0; x < length; x++) expect(covered.has(x)).toBe(true);
          const tiles = overlapTiles(length, length, { inputSize: [size, size], overlap });
          const starts = [...new Set(tiles.map(({ output }) => output[1]))];
          for (let i = 1; i < starts.length; i++)
            expect(starts[i - 1]! + size - starts[i]!).toBeGreaterThanOrEqual(overlap);
        },
      ),
    ));
});

describe('predictTiled', () => {
  test('a pixelwise network gives the same in tiles as at once, at any size', async () => {
    for (const [h, w] of [
      [5, 7],
      [16, 16],
      [23, 40],
      [1, 1],
    ] as const) {
      const picture = image(h, w, 2);
      const result = await expectTensors(0, () =>
        predictTiled(picture, (x) => tidy(() => concat([mul(x, 2), x], 3)), {
          inputSize: [16, 16],
          overlap: 4,
          batchSize: 3,
        }),
      );
      expect([result.height, result.width, result.channels]).toEqual([h, w, 4]);
      for (let i = 0; i < h * w; i++) {
        expect(result.data[4 * i]).toBeCloseTo(2 * picture.data[2 * i]!, 5);
        expect(result.data[4 * i + 3]).toBeCloseTo(picture.data[2 * i + 1]!, 5);
      }
    }
  });

  test('a volume in tiles of three axes, with uneven margins, as at once', async () => {
    const volume = { ...image(9, 11, 2), depth: 7 };
    const data = Float32Array.from({ length: 7 * 9 * 11 * 2 }, () => rng.uniform());
    const whole = { ...volume, data, spacing: [3, 1, 1] };
    for (const weights of ['uniform', 'gaussian'] as const) {
      const result = await expectTensors(0, () =>
        predictTiled(whole, (x) => mul(x, 2), {
          inputSize: [4, 6, 8],
          overlap: 2,
          batchSize: 3,
          weights,
        }),
      );
      expect(result).toMatchObject({ depth: 7, height: 9, width: 11, channels: 2, spacing: [3, 1, 1] });
      for (let i = 0; i < data.length; i++) expect(result.data[i]).toBeCloseTo(2 * data[i]!, 5);
    }
    // The mean of 3×3×3 neighbours of a network without padding, against that of one large tile.
    const mean = (x: Tensor) => avgPool3d(x as Tensor5D, 3, 1, 'valid');
    const tiled = await predictTiled(whole, mean, { inputSize: [5, 6, 7], outputSize: [3, 4, 5] });
    const once = await predictTiled(whole, mean, { inputSize: [9, 11, 13], outputSize: [7, 9, 11] });
    for (const [i, value] of tiled.data.entries()) expect(value).toBeCloseTo(once.data[i]!, 5);
  });

  test('sizes must have the axes of the picture', async () => {
    const same = (x: Tensor) => mul(x, 1);
    await expect(predictTiled({ ...image(4, 4), depth: 1 }, same, { inputSize: [4, 4] })).rejects.toThrow(
      'inputSize and outputSize [depth, height, width] for a volume of 1 slices, got [4, 4]',
    );
    await expect(predictTiled(image(4, 4), same, { inputSize: [1, 4, 4] })).rejects.toThrow('for an image');
  });

  test('an unpadded network sees the mirrored image beyond the border', async () => {
    // The mean of 3×3 neighbours; at the corner of a mirrored image a 3×3 of [[d, c, d], [b, a, b], [d, c, d]].
    const picture = { data: Float32Array.of(1, 2, 3, 4), height: 2, width: 2, channels: 1 };
    const result = await predictTiled(picture, (x) => avgPool(x as Tensor4D, 3, 1, 'valid'), {
      inputSize: [6, 6],
      outputSize: [4, 4],
    });
    expect(result.data[0]).toBeCloseTo((1 + 2 * 2 + 2 * 3 + 4 * 4) / 9, 5);
  });

  test('the mirror goes back and forth over an image smaller than the margin', async () => {
    const picture = { data: Float32Array.of(1, 2, 3), height: 1, width: 3, channels: 1 };
    const given: number[] = [];
    await predictTiled(
      picture,
      (x) => {
        given.push(...x.dataSync());
        return slice(x, [0, 0, 4, 0], [-1, 1, 3, 1]);
      },
      { inputSize: [1, 11], outputSize: [1, 3] },
    );
    expect(given).toEqual([1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3]);
  });

  test('Gaussian weights: at 1/8 of a side, one σ from the middle, a tile counts e^(−1/2) of its middle', async () => {
    // Two tiles of 16 columns over 24: the first says 0, the second 1, so the result is the second's share.
    let calls = 0;
    const result = await predictTiled(
      image(16, 24),
      (x) => tidy(() => add(mul(slice(x, [0, 0, 0, 0], [-1, -1, -1, 1]), 0), calls++)),
      { inputSize: [16, 16], overlap: 8, weights: 'gaussian' },
    );
    const weight = (column: number) => Math.exp(-(((column - 7.5) / 2) ** 2) / 2);
    for (let x = 0; x < 24; x++) {
      const [first, second] = [x < 16 ? weight(x) : 0, x >= 8 ? weight(x - 8) : 0];
      expect(result.data[5 * 24 + x]).toBeCloseTo(second / (first + second), 5);
    }
    expect(weight(9.5) / weight(7.5)).toBeCloseTo(Math.exp(-1 / 2), 10);
  });

  test('Gaussian weights leave a single tile as it is, to the bit, and a constant constant', async () => {
    const picture = image(9, 13);
    const one = (weights: 'uniform' | 'gaussian') =>
      predictTiled(picture, (x) => mul(x, 0.1), { inputSize: [16, 16], weights });
    expect((await one('gaussian')).data).toEqual((await one('uniform')).data);
    const flat = await predictTiled(image(40, 50), (x) => tidy(() => add(mul(x, 0), 0.25)), {
      inputSize: [16, 16],
      overlap: 4,
      weights: 'gaussian',
    });
    for (const value of flat.data) expect(value).toBeCloseTo(0.25, 6);
    await expect(
      predictTiled(picture, (x) => mul(x, 1), { inputSize: [4, 4], weights: 'gausian' as 'gaussian' }),
    ).rejects.toThrow("predictTiled: weights (='gausian') must be");
  });

  test('progress, abort, and a wrong output size', async () => {
    const seen: number[] = [];
    const options = { inputSize: [4, 4] as const, onProgress: (done: number) => seen.push(done) };
    await predictTiled(image(8, 8), (x) => mul(x, 1), options);
    expect(seen).toEqual([1, 2, 3, 4]);
    await expect(
      predictTiled(image(8, 8), (x) => mul(x, 1), { ...options, signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'ABORTED' });
    await expectTensors(0, () =>
      expect(
        predictTiled(image(8, 8), (x) => slice(x, [0, 0, 0, 0], [-1, 2, 2, 1]), options),
      ).rejects.toThrow(
        'predictTiled: expected predictions [1, 4, 4, classes], got [1, 2, 2, 1]. Set outputSize.',
      ),
    );
  });
});
