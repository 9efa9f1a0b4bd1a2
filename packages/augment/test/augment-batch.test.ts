import { brightness, contrast, elasticField, flip, rotate90, warpSample } from '@segscape/augment';
import { augmentBatch } from '@segscape/augment/tensors';
import { type Raster, random, type Sample } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import { cast, stack, type Tensor, tensor, unstack } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { picture } from './bit-cases.js';

const rng = random(3);
const samples = (height: number, width: number): Sample[] =>
  [0, 1, 2].map((n) => ({
    id: String(n),
    image: picture(rng, 'float32', height, width, 2),
    mask: picture(rng, 'uint8', height, width, 1),
  }));

const batchOf = (given: readonly Sample[]) => {
  const { height, width, channels } = given[0]!.image;
  const all = (pick: (sample: Sample) => Raster, inner: readonly number[]) =>
    stack(given.map((sample) => tensor(Float32Array.from(pick(sample).data), [height, width, ...inner])));
  return {
    images: all(({ image }) => image, [channels]),
    labels: cast(
      all(({ mask }) => mask, []),
      'int32',
    ),
  };
};

async function expectBatch(
  result: { images: Tensor; labels?: Tensor },
  expected: readonly Sample[],
  tolerance?: { abs: number; rel: number },
) {
  for (const [n, one] of unstack(result.images).entries()) {
    if (tolerance) expect(await one.data()).toBeAllclose(expected[n]!.image.data, tolerance);
    else expect([...(await one.data())]).toEqual([...expected[n]!.image.data]);
  }
  for (const [n, one] of unstack(result.labels!).entries())
    expect([...(await one.data())]).toEqual([...expected[n]!.mask.data]);
}

/** An rng whose uniform numbers are these. */
const drawing = (...numbers: readonly number[]) => {
  const left = [...numbers];
  return { ...random(1), uniform: () => left.shift() ?? 0, integer: () => left.shift() ?? 0 };
};

describe('augmentBatch', () => {
  test('refuses what it does not do', () => {
    const images = tensor(new Float32Array(4), [1, 2, 2, 1]);
    expect(() => augmentBatch({ images }, { flipHorizonal: [1] } as object)).toThrow(
      "augmentBatch: 'flipHorizonal' is not an option; did you mean 'flipHorizontal'?",
    );
    images.dispose();
  });
  test('flips and turns as the transforms of single samples, to the bit', async () => {
    const given = samples(7, 7);
    const draws = { flipHorizontal: [1, 0, 1], flipVertical: [0, 1, 1], turns: [1, 3, 2] };
    const expected = given.map((sample, n) =>
      rotate90()(
        flip()(sample, drawing(1 - draws.flipVertical[n]!, 1 - draws.flipHorizontal[n]!)),
        drawing(draws.turns[n]!),
      ),
    );
    const batch = batchOf(given);
    await expectBatch(await expectTensors(2, () => augmentBatch(batch, draws)), expected);
  });

  test('displaces as warpSample does, with reflected borders and wild fields', async () => {
    const given = samples(9, 12);
    const fields = [0, 1, 2].map((n) =>
      elasticField({ height: 9, width: 12, alpha: 10 + 200 * n, sigma: 2 }, random(n)),
    );
    const field = stack(
      fields.map(({ dy, dx }) =>
        tensor(
          Float32Array.from({ length: 2 * dy.length }, (_, i) => (i % 2 ? dx : dy)[i >> 1]!),
          [9, 12, 2],
        ),
      ),
    );
    const expected = given.map((sample, n) => warpSample(sample, fields[n]!));
    const batch = batchOf(given);
    const result = await expectTensors(2, () => augmentBatch(batch, { field }));
    await expectBatch(result, expected, { abs: 2e-4, rel: 1e-4 });
  });

  test('a flip before a field is one resampling of both', async () => {
    const given = samples(8, 8);
    const whole = elasticField({ height: 8, width: 8, alpha: 30, sigma: 2 }, random(4));
    const field = stack(
      given.map(() =>
        tensor(
          Float32Array.from({ length: 128 }, (_, i) => (i % 2 ? whole.dx : whole.dy)[i >> 1]!),
          [8, 8, 2],
        ),
      ),
    );
    const draws = { flipHorizontal: [1, 0, 1], turns: [0, 1, 3], field };
    const expected = given.map((sample, n) =>
      warpSample(
        rotate90()(flip()(sample, drawing(1, 1 - draws.flipHorizontal[n]!)), drawing(draws.turns[n]!)),
        whole,
      ),
    );
    await expectBatch(augmentBatch(batchOf(given), draws), expected, { abs: 2e-4, rel: 1e-4 });
  });

  test('contrast about the mean, then brightness, then noise: as the transforms', async () => {
    const given = samples(5, 6);
    const noise = tensor(
      Float32Array.from({ length: 3 * 60 }, () => rng.normal()),
      [3, 5, 6, 2],
    );
    const result = augmentBatch(batchOf(given), { contrast: [2, 1, 0.5], brightness: [1, -2, 0], noise });
    const added = unstack(noise);
    for (const [n, one] of unstack(result.images).entries()) {
      const factor = [2, 1, 0.5][n]!;
      const delta = [1, -2, 0][n]!;
      const { image } = brightness({ delta: [delta, delta] })(
        contrast({ factor })(given[n]!, random(1)),
        random(1),
      );
      const more = await added[n]!.data();
      expect(await one.data()).toBeAllclose(
        Float32Array.from(image.data, (value, i) => value + more[i]!),
        { abs: 1e-4, rel: 1e-4 },
      );
    }
  });

  test('without anything to do gives copies; images alone will do', async () => {
    const batch = batchOf(samples(4, 4));
    const result = await expectTensors(2, () => augmentBatch(batch, {}));
    expect(await result.images.data()).toEqual(await batch.images.data());
    const alone = await expectTensors(1, () => augmentBatch({ images: batch.images }, { turns: [1, 1, 1] }));
    expect(alone.labels).toBeUndefined();
  });

  test('what does not fit is said', () => {
    const batch = batchOf(samples(4, 6));
    expect(() => augmentBatch(batch, { flipVertical: [1, 0] })).toThrow(
      'augmentBatch: expected flipVertical [3], got [2].',
    );
    expect(() => augmentBatch(batch, { turns: [1, 0, 0] })).toThrow(
      'augmentBatch: turns (=[4,6]) must go with square images.',
    );
    expect(() => augmentBatch(batch, { noise: batch.labels })).toThrow(
      'augmentBatch: expected noise [3, 4, 6, 2], got [3, 4, 6].',
    );
    expect(() => augmentBatch({ images: batch.labels }, {})).toThrow(
      'augmentBatch: expected images [batch, height, width, channels], got [3, 4, 6].',
    );
  });
});
