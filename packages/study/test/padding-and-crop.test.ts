import { random, type Sample } from '@segscape/core';
import { unet } from '@segscape/models';
import { paddingLabel, parseStudyConfig, type StudyInput, studyRegistry } from '@segscape/study';
import { describe, expect, test } from 'vitest';
import { paddingAndCrop } from '../src/padding-and-crop.js';
import '@segscape/testing';

type Size = readonly [number, number];

/** An image whose pixels count up, under a mask of ones. */
const sample = ([height, width]: Size): Sample => ({
  id: 'a',
  image: { data: Float32Array.from({ length: height * width }, (_, i) => i), height, width, channels: 1 },
  mask: { data: new Uint8Array(height * width).fill(1), height, width, channels: 1 },
});

const frame = (
  sizes: readonly Size[],
  { data = {}, ...model }: { data?: object; depth?: number; padding?: 'same' | 'valid' } = {},
) =>
  paddingAndCrop(
    parseStudyConfig({ data: { kind: 'phantom', ...data } } as StudyInput),
    studyRegistry,
    unet({ baseChannels: 2, depth: 3, ...model }),
    sizes,
  );

const sizeOf = ({ image, mask }: Sample) => [image.height, image.width, mask.height, mask.width];
const padded = ({ mask }: Sample) => mask.data.filter((label) => label === paddingLabel).length;

describe('framing', () => {
  test('what fits the network passes as it is', () => {
    const { evaluate, pads } = frame([[8, 12]]);
    const given = sample([8, 12]);
    expect(pads).toBe(false);
    expect(evaluate(given, random(1))).toEqual(given);
  });

  test('what does not is padded about its centre: the image mirrored, the mask with the label 255', () => {
    const { evaluate, pads } = frame([[9, 12]]); // 2 poolings: multiples of 4
    const framed = evaluate(sample([9, 12]), random(1));
    expect(pads).toBe(true);
    expect(sizeOf(framed)).toEqual([12, 12, 12, 12]);
    expect(padded(framed)).toBe(3 * 12); // one row above, two below
    expect(Array.from(framed.mask.data.slice(0, 12))).toEqual(new Array(12).fill(255));
    expect(Array.from(framed.image.data.slice(12, 24))).toEqual(Array.from({ length: 12 }, (_, i) => i));
  });

  test('images of several sizes are cropped to the smallest for training, and kept whole for evaluation', () => {
    const { train, evaluate, pads } = frame([
      [8, 16],
      [12, 8],
    ]);
    expect(pads).toBe(false);
    for (const size of [
      [8, 16],
      [12, 8],
    ] as const) {
      expect(sizeOf(train(sample(size), random(3)))).toEqual([8, 8, 8, 8]);
      expect(sizeOf(evaluate(sample(size), random(3)))).toEqual([...size, ...size]);
    }
  });

  test('a crop is a window of the image, drawn by the seed', () => {
    const { train } = frame([[16, 16]], { data: { crop: [8, 8] } });
    const starts = Array.from(
      { length: 20 },
      (_, seed) => train(sample([16, 16]), random(seed)).image.data[0]!,
    );
    expect(new Set(starts).size).toBeGreaterThan(5);
    expect(train(sample([16, 16]), random(4)).image).toEqual(train(sample([16, 16]), random(4)).image);
    const { image } = train(sample([16, 16]), random(4));
    expect(image.data[8 * 3 + 2]).toBe(image.data[0]! + 16 * 3 + 2);
  });

  test('an image smaller than the crop is padded to it', () => {
    const { train, pads } = frame(
      [
        [16, 16],
        [8, 16],
      ],
      { data: { crop: [12, 12] } },
    );
    expect(pads).toBe(true);
    const framed = train(sample([8, 16]), random(1));
    expect(sizeOf(framed)).toEqual([12, 12, 12, 12]);
    expect(padded(framed)).toBe(4 * 12);
  });

  test('a network of valid convolutions sees more than it labels', () => {
    const { evaluate, train, pads } = frame([[20, 20]], { padding: 'valid', depth: 2 });
    for (const framed of [evaluate(sample([20, 20]), random(1)), train(sample([20, 20]), random(1))]) {
      expect(sizeOf(framed)).toEqual([36, 36, 20, 20]); // two 3×3 pairs, a pooling between: 16 pixels go
      expect(padded(framed)).toBe(0);
      expect(framed.image.data[8 * 36 + 8]).toBe(0); // the image itself is in the middle
    }
    expect(pads).toBe(false);
  });
});
