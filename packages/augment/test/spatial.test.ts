import {
  affine,
  brightness,
  centerCrop,
  compose,
  elastic,
  elasticField,
  elasticGrid,
  flip,
  oneOf,
  pad,
  padRaster,
  randomCrop,
  resize,
  rotate,
  rotate90,
  type SpatialTransform,
  scale,
  sometimes,
  spatial,
  type Transform,
  translate,
  warp,
} from '@segscape/augment';
import { type Raster, random, type Sample } from '@segscape/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kinds, picture } from './bit-cases.js';

function sample(
  seed: number,
  height = 13,
  width = 11,
  depth?: number,
  kind = kinds[seed % kinds.length]!,
): Sample {
  const rng = random(seed);
  const raster = (channels: number, own: typeof kind): Raster => ({
    ...picture(rng, own, (depth ?? 1) * height, width, channels),
    height,
    ...(depth !== undefined && { depth }),
    spacing: depth === undefined ? [1, 2] : [3, 1, 2],
  });
  return { id: 's', image: raster(2, kind), mask: raster(1, 'uint8') };
}

const alone: Record<string, Transform> = {
  elastic: elastic({ sigma: 2, order: 3, mode: 'constant', cval: 4 }),
  elasticGrid: elasticGrid({ sigma: 2 }),
  flip: flip({ depth: 0.5 }),
  rotate90: rotate90(),
  rotate: rotate({ degrees: 30, mode: 'wrap' }),
  scale: scale({ factor: [0.5, 2], mode: 'grid-constant', cval: 8 }),
  translate: translate({ shift: 4 }),
  affine: affine({ degrees: 20, shear: 5 }),
  randomCrop: randomCrop({ size: [7, 6] }),
  centerCrop: centerCrop({ size: [7, 6] }),
  pad: pad({ amount: 3 }),
  resize: resize({ size: [9, 20] }),
};

describe('spatial', () => {
  test('a transform alone gives its own bits', () => {
    for (const [name, transform] of Object.entries(alone))
      for (const depth of [undefined, 3])
        for (let seed = 0; seed < 5; seed++) {
          const given = sample(seed, 13, 13, depth);
          const bare = compose(transform)(given, random(seed));
          expect(spatial(transform)(given, random(seed)), name).toEqual(bare);
          // Beside what moves nothing, too.
          const beside = compose(flip({ vertical: 0, horizontal: 0 }), transform);
          const still = spatial(flip({ vertical: 0, horizontal: 0 }), transform);
          expect(still(given, random(seed)), name).toEqual(beside(given, random(seed)));
        }
  });

  const modes = fc.constantFrom(
    'reflect',
    'mirror',
    'nearest',
    'wrap',
    'grid-wrap',
    'constant',
    'grid-constant',
  );
  const whole: fc.Arbitrary<Transform> = fc.oneof(
    fc.constant(flip({ depth: 0.5 })),
    fc.constant(rotate90()),
    fc.constant(sometimes(0.5, rotate90())),
    fc.constant(oneOf(flip({ vertical: 1 }), compose(rotate90(), flip()))),
    fc.record({ amount: fc.nat(5), mode: modes, cval: fc.nat(9), maskCval: fc.nat(9) }).map((o) => pad(o)),
    fc
      .tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3), modes)
      .map(([a, b, c, d, mode]) => pad({ amount: [a, b, c, d], mode, cval: 2, maskCval: 3 })),
    fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
      .map((size) => randomCrop({ size })),
    fc
      .tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 4 }))
      .map((size) => centerCrop({ size })),
  );

  test('whole pixels are moved as compose moves them, bit for bit, however many transforms there are', () => {
    const attempt = (transform: Transform, given: Sample, seed: number) => {
      try {
        return transform(given, random(seed));
      } catch (error) {
        return (error as Error).message;
      }
    };
    fc.assert(
      fc.property(fc.array(whole, { maxLength: 6 }), fc.nat(1000), fc.boolean(), (parts, seed, deep) => {
        const given = sample(seed, 5 + (seed % 3), 5 + (seed % 2), deep ? 3 : undefined);
        expect(attempt(spatial(...parts), given, seed)).toEqual(attempt(compose(...parts), given, seed));
      }),
      { numRuns: 300 },
    );
  });

  test('a deformation between whole-pixel moves gives the bits of compose: the field is met at its own pixels', () => {
    const parts = [
      flip(),
      pad({ amount: 6 }),
      elastic({ sigma: 2, alpha: 10 }),
      centerCrop({ size: [9, 9] }),
      flip(),
    ];
    for (let seed = 0; seed < 10; seed++) {
      const given = sample(seed, 13, 13, undefined, 'float32');
      const [one, many] = [spatial(...parts), compose(...parts)].map((made) => made(given, random(seed)));
      expect(one!.mask).toEqual(many!.mask);
      expect(one!.image.spacing).toEqual(many!.image.spacing);
      for (const [i, value] of one!.image.data.entries()) expect(value).toBeCloseTo(many!.image.data[i]!, 4);
    }
  });

  test('two turns of 30° are one of 60°: interpolated once, a smooth picture keeps more of itself', () => {
    const size = 64;
    const wave = (y: number, x: number) => Math.sin(y / 1.5) * Math.cos(x / 1.7) * 100;
    const raster = {
      data: Float32Array.from({ length: size * size }, (_, i) => wave(Math.floor(i / size), i % size)),
      height: size,
      width: size,
      channels: 1,
    };
    const given = { id: 'w', image: raster, mask: { ...raster, data: new Uint8Array(size * size) } };
    const turn = (degrees: number) => rotate({ degrees: [degrees, degrees], mode: 'mirror' });
    const there = [turn(30), turn(25), turn(-55)];
    const error = (made: Transform) => {
      const moved = made(given, random(1)).image.data;
      let sum = 0;
      for (let y = 20; y < 44; y++)
        for (let x = 20; x < 44; x++) sum += Math.abs(moved[y * size + x]! - raster.data[y * size + x]!);
      return sum / 24 ** 2;
    };
    expect(error(spatial(...there))).toBeLessThan(0.01);
    expect(error(compose(...there))).toBeGreaterThan(5);
  });

  test('values beyond a border are that of the transform whose border it is', () => {
    const ones = { data: new Uint8Array(36).fill(100), height: 6, width: 6, channels: 1 };
    const given = { id: 'o', image: ones, mask: ones };
    const shift = translate({ shift: [2, 2], mode: 'constant', cval: 10, maskCval: 1 });
    const framed = pad({ amount: 1, mode: 'constant', cval: 20, maskCval: 2 });
    const { image, mask } = spatial(shift, framed)(given, random(1));
    const corner = (raster: Raster) => [0, 1, 2, 3].map((i) => raster.data[i * (raster.width + 1)]);
    expect(corner(image)).toEqual([20, 10, 10, 100]);
    expect(corner(mask)).toEqual([2, 1, 1, 100]);
    expect(spatial(shift, framed)(given, random(1))).toEqual(compose(shift, framed)(given, random(1)));
  });

  test('the seed of the U-Net: crop, flip, elastic, and a margin for the image alone', () => {
    const given = sample(5, 40, 44, undefined, 'uint8');
    const parts = [
      randomCrop({ size: [24, 24] }),
      flip(),
      elastic({ sigma: 3 }),
      pad({ amount: 6, mask: 'keep' }),
    ];
    const moved = spatial(...parts)(given, random(3));
    expect([moved.image.height, moved.mask.height]).toEqual([36, 24]);
    const inner = spatial(...parts.slice(0, 3))(given, random(3));
    expect(moved.mask).toEqual(inner.mask);
    expect(moved.image).toEqual(padRaster(inner.image, [6, 6, 6, 6]));
  });

  test('in space: a deformation of a volume, turned and reversed, in one resampling', () => {
    const given = sample(4, 9, 9, 4, 'float32');
    const parts = [flip({ depth: 1 }), elastic({ volume: true, sigma: 1.5, alpha: 8 }), rotate90()];
    const one = spatial(...parts)(given, random(2));
    const many = compose(...parts)(given, random(2));
    expect(one.mask).toEqual(many.mask);
    expect(one.image.depth).toBe(4);
    for (const [i, value] of one.image.data.entries()) expect(value).toBeCloseTo(many.image.data[i]!, 4);
  });

  test('resize scales the spacing, a quarter turn exchanges it', () => {
    const given = sample(1, 8, 8);
    const half = spatial(resize({ size: [4, 16] }), flip({ vertical: 1 }))(given, random(1));
    expect(half.image.spacing).toEqual([2, 1]);
    expect(half.mask.spacing).toEqual([2, 1]);
  });

  test('it is spatial itself, and inside of the others', () => {
    const inner = spatial(flip(), elastic({ sigma: 2 }));
    const given = sample(2);
    const nested = spatial(inner, sometimes(1, pad({ amount: 2 })));
    expect(nested(given, random(1)).image.height).toBe(17);
    expect((inner as SpatialTransform).plan(given.image, random(1), 's').length).toBe(2);
  });

  test('what cannot be joined is named', () => {
    expect(() => spatial(flip(), brightness({ delta: 3 }))).toThrow(
      'spatial: transform 1 does not tell where it moves pixels to; only those that move pixels can be joined. Put it into compose, before or after spatial(…).',
    );
    const kept = spatial(pad({ amount: 2, mask: 'keep' }), pad({ amount: 2 }));
    expect(() => kept(sample(1), random(1))).toThrow(
      "spatial: pad with mask: 'keep' must be the last, since image and mask are of two sizes after it.",
    );
    expect(() => spatial(3 as never)).toThrow(
      'spatial: expected transforms, got 3 in place 0. A transform is made by calling its function: flip().',
    );
  });

  test('the field that was used is the one that elasticField draws', () => {
    const given = sample(3, 20, 20, undefined, 'uint8');
    const made = spatial(elastic({ alpha: 30, sigma: 3 }), flip({ horizontal: 1, vertical: 0 }));
    const field = elasticField({ alpha: 30, sigma: 3, height: 20, width: 20 }, random(9).fork(0));
    const moved = warp(given.image, field);
    const mirrored = flip({ horizontal: 1, vertical: 0 })({ ...given, image: moved }, random(1)).image;
    expect(made(given, random(9)).image).toEqual(mirrored);
  });
});
