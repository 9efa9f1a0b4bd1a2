import { ignoreLabel, type Raster, random } from '@segscape/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { offsetOf } from '../src/examine/edge-offset.js';

const [height, width] = [72, 88];

type Surface = (y: number, x: number) => number;

/** Hills and valleys, as a sum of waves about 20 to 40 pixels long. */
function hills(seed: number): Surface {
  const rng = random(seed);
  const waves = Array.from({ length: 8 }, () => {
    const [angle, length, phase] = [rng.uniform() * 2 * Math.PI, 20 + 20 * rng.uniform(), rng.uniform() * 6];
    const frequency = (2 * Math.PI) / length;
    return [frequency * Math.sin(angle), frequency * Math.cos(angle), phase] as const;
  });
  return (y, x) => waves.reduce((sum, [fy, fx, phase]) => sum + Math.sin(fy * y + fx * x + phase), 0);
}

const plane = (valueAt: Surface) =>
  Float32Array.from({ length: height * width }, (_, p) => valueAt(Math.floor(p / width), p % width));
const raster = (data: Raster['data'], more: Partial<Raster> = {}): Raster => ({
  ...{ data, height, width, channels: 1 },
  ...more,
});

/** A picture whose edges lie `offset` before those of its mask. */
function shown(surface: Surface, [down, right]: readonly [number, number], contrast = 1, noise = 0) {
  const rng = random(7);
  return plane((y, x) => {
    const there = surface(y + down, x + right);
    return 100 + (contrast * 50) / (1 + Math.exp(-2 * there)) + noise * rng.normal();
  });
}

const labels = (surface: Surface) => Uint8Array.from(plane((y, x) => Number(surface(y, x) > 0)));

const offsets = fc.tuple(
  fc.double({ min: -1.8, max: 1.8, noNaN: true }),
  fc.double({ min: -1.8, max: 1.8, noNaN: true }),
);

describe('offsetOf', () => {
  test('finds how far a mask lies from its image, between the pixels', () => {
    fc.assert(
      fc.property(fc.nat(9999), offsets, fc.constantFrom(-1, 1), (seed, offset, contrast) => {
        const surface = hills(seed);
        const found = offsetOf(raster(shown(surface, offset, contrast, 2)), raster(labels(surface)));
        expect(Math.abs(found![0] - offset[0])).toBeLessThan(0.2);
        expect(Math.abs(found![1] - offset[1])).toBeLessThan(0.2);
      }),
      { numRuns: 40 },
    );
  });

  test('of three classes, channels of which one shows them, void pixels and volumes alike', () => {
    const surface = hills(5);
    const offset = [0.6, -0.4] as const;
    const mask = plane((y, x) => Number(surface(y, x) > 0) + Number(surface(y, x) > 2));
    const image = shown(surface, offset, 1, 1);
    const near = (found: readonly number[] | undefined) => {
      expect(found).toHaveLength(2);
      for (const [axis, along] of offset.entries())
        expect(Math.abs(found![axis]! - along)).toBeLessThan(0.12);
    };
    near(offsetOf(raster(image), raster(mask)));
    const colours = Float32Array.from({ length: 3 * image.length }, (_, i) =>
      i % 3 === 1 ? image[(i - 1) / 3]! : 10,
    );
    near(offsetOf(raster(colours, { channels: 3 }), raster(mask)));
    const torn = mask.map((label, p) => (p % width < 20 ? ignoreLabel : label));
    const found = offsetOf(raster(image), raster(torn));
    near(found);
    const otherVoid = torn.map((label) => (label === ignoreLabel ? 7 : label));
    expect(offsetOf(raster(image), raster(otherVoid), 7)).toEqual(found);
    expect(offsetOf(raster(image), raster(otherVoid))).not.toEqual(found);
    const depth = 3;
    const twice = (values: Raster['data']) =>
      Float32Array.from({ length: depth * values.length }, (_, i) =>
        // The first slice has no boundary.
        i < values.length ? 0 : values[i % values.length]!,
      );
    near(offsetOf(raster(twice(image), { depth }), raster(twice(mask), { depth })));
  });

  test('says nothing of masks without a boundary, unrelated ones, those far off, and images of a few pixels', () => {
    const surface = hills(5);
    const mask = raster(labels(surface));
    expect(offsetOf(raster(shown(surface, [0, 0])), raster(new Uint8Array(height * width)))).toBeUndefined();
    expect(offsetOf(raster(shown(surface, [6, 0])), mask)).toBeUndefined();
    expect(offsetOf(raster(new Float32Array(height * width).fill(3)), mask)).toBeUndefined();
    const rng = random(2);
    expect(offsetOf(raster(plane(() => rng.normal())), mask)).toBeUndefined();
    const tiny = { height: 4, width: 5, channels: 1 };
    const checks = Uint8Array.from({ length: 20 }, (_, i) => i % 2);
    expect(offsetOf({ ...tiny, data: checks }, { ...tiny, data: checks })).toBeUndefined();
  });
});
