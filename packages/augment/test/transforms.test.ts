import type { Transform } from '@segscape/augment';
import * as augment from '@segscape/augment';
import { type Raster, random, type Sample } from '@segscape/core';
import { describe, expect, test } from 'vitest';

const {
  affine,
  brightness,
  centerCrop,
  compose,
  contrast,
  elastic,
  elasticField,
  elasticGrid,
  elasticGridField,
  flip,
  gamma,
  gaussianBlur,
  gaussianNoise,
  gridLines,
  normalize,
  oneOf,
  pad,
  randomCrop,
  resize,
  rotate,
  rotate90,
  scale,
  sometimes,
  translate,
  uniformNoise,
  warp,
} = augment;

/** A picture that equals its mask, so that whatever moves one must move the other. */
function twin(height = 24, width = 24): Sample {
  const data = Uint8Array.from({ length: height * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    return y > height / 3 && x < width / 2 ? 2 : y + x > height ? 1 : 0;
  });
  const raster: Raster = { data, height, width, channels: 1 };
  return { id: 'twin', image: raster, mask: raster };
}

const nearest = { order: 0, mode: 'reflect' } as const;

const geometric: Record<string, Transform> = {
  elastic: elastic({ ...nearest, alpha: 60, sigma: 4 }),
  elasticGrid: elasticGrid({ ...nearest, sigma: 3 }),
  flip: flip(),
  rotate90: rotate90(),
  rotate: rotate({ ...nearest, degrees: 30 }),
  scale: scale({ ...nearest, factor: [0.7, 1.4] }),
  translate: translate({ ...nearest, shift: 5 }),
  affine: affine({ ...nearest, degrees: 20, factor: [0.8, 1.2], shift: 3, shear: 10 }),
  randomCrop: randomCrop({ size: [16, 12] }),
  centerCrop: centerCrop({ size: [16, 12] }),
  pad: pad({ amount: 5 }),
  resize: resize({ size: [12, 36], order: 0 }),
  composed: compose(flip(), sometimes(0.5, rotate90()), oneOf(elastic(nearest), elasticGrid(nearest))),
};

describe.each(Object.entries(geometric))('%s', (_, transform) => {
  test('image and mask move together, and the same seed moves them alike', () => {
    for (let seed = 0; seed < 8; seed++) {
      const sample = twin();
      const before = sample.image.data.slice();
      const moved = transform(sample, random(seed));
      expect(moved.image.data).toEqual(moved.mask.data);
      expect([moved.image.height, moved.image.width]).toEqual([moved.mask.height, moved.mask.width]);
      expect(transform(sample, random(seed)).image.data).toEqual(moved.image.data);
      expect(sample.image.data, 'the given sample stays').toEqual(before);
      expect(moved.id).toBe('twin');
    }
  });
});

describe('masks', () => {
  test('have no class that was not there, however smoothly the image is resampled', () => {
    const sample = twin();
    const image = { ...sample.image, data: Float32Array.from(sample.image.data, (v) => v * 100) };
    const moved = elastic({ alpha: 200, sigma: 3, order: 3 })({ ...sample, image }, random(1));
    expect([...new Set(moved.mask.data)].every((value) => value <= 2)).toBe(true);
    expect(new Set(moved.image.data).size).toBeGreaterThan(20);
  });
});

describe('flip and quarter turns', () => {
  const square = (values: number[]): Sample => {
    const raster = { data: Uint8Array.from(values), height: 2, width: 2, channels: 1 };
    return { id: 's', image: raster, mask: raster };
  };

  test('flip({ horizontal: 1, vertical: 0 }) exchanges left and right; twice is the identity', () => {
    const both = flip({ horizontal: 1, vertical: 0 });
    const once = both(square([1, 2, 3, 4]), random(1));
    expect(Array.from(once.image.data)).toEqual([2, 1, 4, 3]);
    expect(Array.from(both(once, random(1)).image.data)).toEqual([1, 2, 3, 4]);
  });

  test('all four turns occur, counter-clockwise', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 40; seed++)
      seen.add(rotate90()(square([1, 2, 3, 4]), random(seed)).image.data.join());
    expect(seen).toEqual(new Set(['1,2,3,4', '2,4,1,3', '4,3,2,1', '3,1,4,2']));
  });

  test('a picture that is not square keeps its size', () => {
    for (let seed = 0; seed < 10; seed++)
      expect(rotate90()(twin(10, 14), random(seed)).image).toMatchObject({ height: 10, width: 14 });
  });
});

describe('elastic', () => {
  test('with fixed alpha and sigma, elasticField of the same seed is the field that was used', () => {
    const sample = twin();
    const moved = elastic({ alpha: 80, sigma: 4 })(sample, random(3));
    const field = elasticField({ height: 24, width: 24, alpha: 80, sigma: 4 }, random(3));
    expect(warp(sample.image, field).data).toEqual(moved.image.data);
    const bent = warp(gridLines(24, 24, { spacing: 6 }), field);
    expect(bent.data).not.toEqual(gridLines(24, 24, { spacing: 6 }).data);
  });

  test('elasticGrid passes through its control points', () => {
    const field = elasticGridField({ height: 21, width: 21, points: 3, sigma: 10 }, random(5));
    const rng = random(5);
    const first = 10 * rng.normal();
    const second = 10 * rng.normal();
    expect(field.dy[0]).toBeCloseTo(first, 5);
    expect(field.dy[10]).toBeCloseTo(second, 5);
  });
});

describe('cropping and padding', () => {
  test('an inset is never used, and every other place is', () => {
    const columns = {
      data: Uint8Array.from({ length: 40 }, (_, i) => i % 10),
      height: 4,
      width: 10,
      channels: 1,
    };
    const sample = { id: 's', image: columns, mask: columns };
    const seen = new Set<number>();
    for (let seed = 0; seed < 60; seed++)
      for (const value of randomCrop({ size: [2, 3], inset: [0, 0, 4, 0] })(sample, random(seed)).image.data)
        seen.add(value);
    expect([...seen].sort((a, b) => a - b)).toEqual([4, 5, 6, 7, 8, 9]);
  });

  test('the original study pads the picture by repeating its edge, and leaves the mask', () => {
    const sample = twin(388, 388);
    const moved = pad({ amount: 92, mode: 'nearest', mask: 'keep' })(sample, random(1));
    expect([moved.image.height, moved.mask.height]).toEqual([572, 388]);
    expect(moved.image.data[0]).toBe(sample.image.data[0]);
  });

  test('pad to a size, and a crop that does not fit', () => {
    expect(pad({ size: [30, 20] })(twin(), random(1)).image).toMatchObject({ height: 30, width: 24 });
    expect(() => randomCrop({ size: [30, 20] })(twin(), random(1))).toThrow(
      "randomCrop: a crop of 30×20 does not fit into sample 'twin', where 24×24 can be used (height×width).",
    );
    expect(() => pad({})).toThrow('pad: amount (=undefined) must be given, or size, not both.');
  });
});

describe('intensities', () => {
  const sample = (...values: number[]): Sample => {
    const raster = { data: Uint8Array.from(values), height: 1, width: values.length, channels: 1 };
    return { id: 's', image: raster, mask: { ...raster, data: new Uint8Array(values.length) } };
  };
  const changed = (transform: Transform, ...values: number[]) =>
    Array.from(transform(sample(...values), random(1)).image.data);

  test('by hand, with clamping at the ends', () => {
    expect(changed(brightness({ delta: [20, 20] }), 0, 100, 250)).toEqual([20, 120, 255]);
    expect(changed(brightness({ factor: 1.5 }), 0, 100, 250)).toEqual([0, 150, 255]);
    expect(changed(contrast({ factor: 2 }), 100, 120, 140)).toEqual([80, 120, 160]);
    expect(changed(gamma({ exponent: 2 }), 0, 51, 255)).toEqual([0, 10, 255]); // 255 · 0.2²
    expect(changed(normalize(), 10, 20, 30)).toEqual([0, 0.5, 1]);
    expect(changed(normalize({ mean: [10], deviation: [5] }), 10, 20)).toEqual([0, 2]);
  });

  test('contrast within the range, gamma of the negative, and by the statistics that were, by hand', () => {
    expect(changed(contrast({ factor: 2, keepRange: true }), 100, 120, 140)).toEqual([100, 120, 140]);
    // 255 − 255 · 0.2²
    expect(changed(gamma({ exponent: 2, invert: true }), 0, 204, 255)).toEqual([0, 245, 255]);
    const raster = { data: Float32Array.of(0, 1, 2), height: 1, width: 3, channels: 1 };
    const given = { id: 's', image: raster, mask: { ...raster, data: new Uint8Array(3) } };
    // The squares of halves are 0, ¼ and 1, doubled 0, ½ and 2: mean 5/6, deviation √26/6; it was 1 and √(2/3).
    const kept = gamma({ exponent: 2, keepStatistics: true })(given, random(1)).image.data;
    const stretch = Math.sqrt(2 / 3) / (Math.sqrt(26) / 6);
    expect(kept).toBeAllclose(
      [0, 0.5, 2].map((value) => 1 + stretch * (value - 5 / 6)),
      { abs: 1e-6 },
    );
  });

  test('noise has the spread that was asked for, and masks stay', () => {
    const gray = sample(...Array<number>(20_000).fill(128));
    for (const [transform, spread] of [
      [gaussianNoise({ sigma: 10 }), 10],
      [uniformNoise({ bound: 20 }), 20 / Math.sqrt(3)],
    ] as const) {
      const { image, mask } = transform(gray, random(2));
      let [sum, square] = [0, 0];
      for (const value of image.data) {
        sum += value - 128;
        square += (value - 128) ** 2;
      }
      expect(Math.abs(sum / 20_000)).toBeLessThan(0.3);
      expect(Math.sqrt(square / 20_000)).toBeCloseTo(spread, 0);
      expect(mask).toBe(gray.mask);
    }
  });

  test('blur lowers the extremes', () => {
    expect(changed(gaussianBlur({ sigma: 1 }), 0, 0, 255, 0, 0)[2]).toBeLessThan(130);
  });
});

describe('combining', () => {
  test('sometimes at 0 and 1; oneOf takes each', () => {
    const sample = twin();
    expect(sometimes(0, flip({ horizontal: 1 }))(sample, random(1))).toBe(sample);
    expect(sometimes(1, flip({ horizontal: 1 }))(sample, random(1))).not.toBe(sample);
    const seen = new Set<number>();
    for (let seed = 0; seed < 30; seed++)
      seen.add(oneOf(pad({ amount: 1 }), pad({ amount: 2 }))(sample, random(seed)).image.height);
    expect(seen).toEqual(new Set([26, 28]));
  });

  test('taking one transform out of a composition leaves the draws of those before it', () => {
    const crop = randomCrop({ size: [8, 8] });
    const full = compose(crop, gaussianNoise({ sigma: 5 }))(twin(), random(4));
    expect(compose(crop)(twin(), random(4)).mask.data).toEqual(full.mask.data);
  });

  test('options are checked when the transform is made', () => {
    expect(() => elastic({ sigma: 0 })).toThrow(
      'elastic: sigma (=0) must be positive, in pixels, or a list.',
    );
    expect(() => elasticGrid({ points: 1 })).toThrow('elasticGrid: points (=1) must be at least 2.');
    expect(() => sometimes(2, flip())).toThrow('sometimes: p (=2) must be in [0, 1].');
    expect(() => gaussianNoise({ sigma: -1 })).toThrow(
      'gaussianNoise: sigma (=-1) must be at least 0, or a list.',
    );
    expect(() => rotate({ degrees: [10, -10] })).toThrow(
      'rotate: degrees (=[10,-10]) must go from low to high.',
    );
    expect(() => resize({ size: [0, 4] })).toThrow('resize: size[0] (=0) must be at least 1.');
    expect(() => brightness({ delta: 1, factor: 1 })).toThrow(
      'brightness: delta (=1) must be given, or factor, not both.',
    );
    expect(() => brightness({ factor: -1 })).toThrow('brightness: factor (=-1) must');
    expect(() => gamma({ exponent: 0 })).toThrow('gamma: exponent (=0) must be positive, or a list.');
    expect(() => oneOf()).toThrow('oneOf: transforms (=[]) must name at least one transform.');
  });
});

test('the public names are these', () => {
  expect(Object.keys(augment).sort()).toMatchInlineSnapshot(`
    [
      "affine",
      "affineField",
      "affineFieldSchema",
      "affineSchema",
      "borderModes",
      "brightness",
      "brightnessSchema",
      "centerCrop",
      "centerCropSchema",
      "compose",
      "contrast",
      "contrastSchema",
      "cropRaster",
      "describeDraw",
      "elastic",
      "elasticField",
      "elasticFieldSchema",
      "elasticGrid",
      "elasticGridField",
      "elasticGridFieldSchema",
      "elasticGridSchema",
      "elasticSchema",
      "fieldFrom",
      "flip",
      "flipSchema",
      "gamma",
      "gammaSchema",
      "gaussianBlur",
      "gaussianBlurSchema",
      "gaussianFilter",
      "gaussianFilterSchema",
      "gaussianNoise",
      "gaussianNoiseSchema",
      "gridField",
      "gridLines",
      "gridLinesSchema",
      "normalize",
      "normalizeSchema",
      "oneOf",
      "pad",
      "padRaster",
      "padRasterSchema",
      "padSchema",
      "randomCrop",
      "randomCropSchema",
      "replayDraw",
      "resampleSchema",
      "resize",
      "resizeSchema",
      "rotate",
      "rotate90",
      "rotate90Schema",
      "rotateSchema",
      "scale",
      "scaleSchema",
      "simardField",
      "simardSchema",
      "sometimes",
      "spatial",
      "splineCoefficients",
      "translate",
      "translateSchema",
      "uniformNoise",
      "uniformNoiseSchema",
      "volumeFieldFrom",
      "warp",
      "warpAdjoint",
      "warpSample",
      "warpSchema",
      "withAffine",
      "withGridLines",
    ]
  `);
});
