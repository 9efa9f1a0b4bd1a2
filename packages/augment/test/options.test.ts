import * as augment from '@segscape/augment';
import { random } from '@segscape/core';
import { describe, expect, test } from 'vitest';

const raster = { data: new Uint8Array(64).fill(9), height: 8, width: 8, channels: 1 };
const sample = { id: 'a', image: raster, mask: raster };
const still = augment.fieldFrom(8, 8, () => [0, 0]);

function message(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect((error as { code?: string }).code).toBe('BAD_OPTION');
    return (error as Error).message;
  }
  return 'nothing was thrown';
}

const number = [Number.NaN, Number.POSITIVE_INFINITY, '3', null, [1]];
const positive = [...number, 0, -1];
const range = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  'wide',
  null,
  [1],
  [1, 2, 3],
  [2, 1],
  [Number.NaN, 1],
  [],
];
const probability = [...number, -0.1, 1.1];
const order = [-1, 6, 1.5, Number.NaN, '1'];
const mode = ['edge', 1, null];
const size = [3, [3], [1, 2, 3, 4], [0, 3], [3, Number.NaN], [1.5, 2], 'big', [3, Number.POSITIVE_INFINITY]];
const resampling = { order, mode, cval: number, maskCval: number };

/** Every function with options: how it is called with them, good ones, and bad values of every one there is. */
const table: Record<
  string,
  {
    call: (options: never) => unknown;
    good?: object;
    bad: Record<string, readonly unknown[]>;
    where?: string;
  }
> = {
  affine: {
    call: augment.affine,
    bad: {
      ...resampling,
      degrees: range,
      factor: [...range, 0, -1],
      shift: range,
      shear: [...range, 81, [-90, 0]],
    },
  },
  rotate: { call: augment.rotate, good: { degrees: 3 }, bad: { ...resampling, degrees: range } },
  scale: { call: augment.scale, good: { factor: 2 }, bad: { ...resampling, factor: [...range, 0, [-1, 2]] } },
  translate: { call: augment.translate, good: { shift: 2 }, bad: { ...resampling, shift: range } },
  elastic: {
    call: augment.elastic,
    bad: {
      ...resampling,
      alpha: range,
      sigma: [...range, 0, -1, [0, 3]],
      filterMode: mode,
      volume: [1, 'yes', null],
    },
  },
  elasticGrid: {
    call: augment.elasticGrid,
    bad: { ...resampling, points: [1, 2.5, Number.NaN, '3'], sigma: positive },
  },
  flip: { call: augment.flip, bad: { horizontal: probability, vertical: probability, depth: probability } },
  rotate90: { call: augment.rotate90 as (options: never) => unknown, bad: {} },
  resize: { call: augment.resize, good: { size: [4, 4] }, bad: { size, order } },
  randomCrop: {
    call: augment.randomCrop,
    good: { size: [4, 4] },
    bad: { size, inset: [3, [1, 2], [1, 2, 3, -1], [1, 2, 3, 0.5], [0, 0, 0, 0, 0, Number.NaN]] },
  },
  centerCrop: { call: augment.centerCrop, good: { size: [4, 4] }, bad: { size } },
  pad: {
    call: augment.pad,
    good: { amount: 1 },
    bad: {
      amount: [-1, 0.5, Number.NaN, [1, 2], [1, 2, 3, -4], '2'],
      mode,
      cval: number,
      maskCval: number,
      mask: ['drop', 1],
    },
  },
  brightness: { call: augment.brightness, good: { delta: 3 }, bad: { delta: range } },
  contrast: {
    call: augment.contrast,
    good: { factor: 3 },
    bad: { factor: [...range, -1], keepRange: ['yes', 1] },
  },
  gamma: {
    call: augment.gamma,
    good: { exponent: 3 },
    bad: { exponent: [...range, 0, -1], invert: ['yes', 1], keepStatistics: ['yes', 1] },
  },
  gaussianNoise: { call: augment.gaussianNoise, good: { sigma: 3 }, bad: { sigma: [...range, -1] } },
  uniformNoise: { call: augment.uniformNoise, good: { bound: 3 }, bad: { bound: [...range, -1] } },
  gaussianBlur: {
    call: augment.gaussianBlur,
    good: { sigma: 3 },
    bad: { sigma: [...range, -1], axes: [1, [1], [1, -1], [1, Number.NaN]] },
  },
  normalize: {
    call: augment.normalize,
    bad: { method: ['max', 1], mean: [3, [], [Number.NaN]], deviation: [3, [0], [-1], [Number.NaN]] },
  },
  warp: {
    call: (options) => augment.warp(raster, still, options),
    bad: { order, mode, cval: number },
  },
  warpSample: { call: (options) => augment.warpSample(sample, still, options), bad: resampling },
  warpAdjoint: {
    call: (options) => augment.warpAdjoint(raster, still, [8, 8], options),
    bad: { order, mode, cval: number },
  },
  gaussianFilter: {
    call: (options) => augment.gaussianFilter(raster, options),
    good: { sigma: 1 },
    bad: {
      sigma: [Number.NaN, -1, Number.POSITIVE_INFINITY, '1', [1], [1, 2, 3], [1, Number.NaN], null],
      mode,
      cval: number,
      truncate: positive,
    },
  },
  simardField: {
    where: 'elastic',
    call: (options) => augment.simardField(still, options),
    good: { alpha: 3, sigma: 2 },
    bad: { alpha: number, sigma: [0, Number.NaN, -1, '2', [1], [1, 0], null], filterMode: mode },
  },
  elasticField: {
    call: (options) => augment.elasticField(options, random(1)),
    good: { height: 4, width: 4, alpha: 3, sigma: 2 },
    bad: { height: positive, width: positive, depth: positive, alpha: number, filterMode: mode },
  },
  elasticGridField: {
    call: (options) => augment.elasticGridField(options, random(1)),
    good: { height: 4, width: 4 },
    bad: { height: positive, width: positive, points: [1, 2.5, Number.NaN], sigma: positive },
  },
  affineField: {
    call: (options) => augment.affineField(4, 4, options),
    bad: {
      degrees: number,
      scale: [...positive, [1, 0], [1]],
      translate: [1, [1], [1, Number.NaN]],
      shear: [1, [1], [90, 0], [0, Number.NaN]],
    },
  },
  withAffine: {
    where: 'affineField',
    call: (options) => augment.withAffine(still, options),
    bad: { degrees: number },
  },
  gridLines: {
    call: (options) => augment.gridLines(4, 4, options),
    bad: { spacing: [0, 1.5, Number.NaN], value: number, thickness: [0, 1.5, Number.NaN] },
  },
  withGridLines: {
    call: (options) => augment.withGridLines(raster, options),
    bad: { spacing: [0, 1.5, Number.NaN], value: number, thickness: [0, 1.5, Number.NaN] },
  },
  padRaster: {
    call: (options) => augment.padRaster(raster, [1, 1, 1, 1], options),
    bad: { mode, cval: number },
  },
};

describe.each(Object.entries(table))('%s', (name, { call, good = {}, bad, where = name }) => {
  test('runs with good options', () => {
    expect(() => call(good as never)).not.toThrow();
  });

  test.each(Object.entries(bad))('refuses every bad %s by name', (option, values) => {
    for (const value of values)
      expect(
        message(() => call({ ...good, [option]: value } as never)),
        String(value),
      ).toMatch(new RegExp(`^${where}: (${option}|deviation|mean)(\\[\\d\\])? \\(=.*\\) must .+\\.$`));
  });

  test('refuses an option that there is not, and what is no object', () => {
    const wrong = message(() => call({ ...good, colour: 1 } as never));
    expect(wrong).toMatch(
      new RegExp(`^${where}: 'colour' is not an option; (did you mean '.+'\\?|known: .+\\.)$`),
    );
    for (const value of [null, 3, 'on'])
      expect(message(() => call(value as never))).toMatch(/: options \(=.*\) must be an object\.$/);
  });

  test('asks for what must be given', () => {
    for (const option of Object.keys(good)) {
      const { [option]: _, ...rest } = good as Record<string, unknown>;
      expect(message(() => call(rest as never))).toMatch(
        new RegExp(`^${where}: ${option} (is missing|\\(=undefined\\) must .+)\\.$`),
      );
    }
  });
});

test('whole messages, as a user reads them', () => {
  const tries: [() => unknown, string][] = [
    [() => augment.elastic({ sigm: 3 } as never), "elastic: 'sigm' is not an option; did you mean 'sigma'?"],
    [() => augment.rotate90({ turns: 2 } as never), "rotate90: 'turns' is not an option; known: none."],
    [
      () => augment.elastic({ sigma: Number.NaN }),
      'elastic: sigma (=NaN) must be a finite number, in pixels, or a list.',
    ],
    [() => augment.elastic({ sigma: [0, 2] }), 'elastic: sigma[0] (=0) must be positive, in pixels.'],
    [() => augment.flip({ vertical: -1 }), 'flip: vertical (=-1) must be in [0, 1].'],
    [() => augment.sometimes(Number.NaN, augment.flip()), 'sometimes: p (=NaN) must be a finite number.'],
    [
      () => augment.compose(augment.flip(), augment.elastic as never, 3 as never),
      'compose: expected transforms, got 3 in place 2. A transform is made by calling its function: flip().',
    ],
    [
      () => augment.oneOf({} as never),
      'oneOf: expected transforms, got {} in place 0. A transform is made by calling its function: flip().',
    ],
    [
      () => augment.normalize({ mean: [1, 2], deviation: [1] }),
      'normalize: deviation (=[1]) must be positive, one for each mean.',
    ],
    [
      () => augment.normalize({ method: 'minmax', mean: [1], deviation: [1] } as never),
      "normalize: method (='minmax') must not be given beside mean and deviation.",
    ],
    [
      () => augment.randomCrop({ size: [2, 2], inset: [0, 0, 0, 0, 0, 0] }),
      'randomCrop: inset (=[0,0,0,0,0,0]) must be [top, bottom, left, right] for a size of 2 numbers.',
    ],
    [
      () => augment.affineField(4, 4, { shear: [45, 45] }),
      'affineField: shear (=[45,45]) flattens the picture to a line; slant less.',
    ],
    [
      () => augment.cropRaster(raster, [0, 7], [2, 2]),
      'cropRaster: size (=[2,2]) must fit into [8, 8] from [0, 7].',
    ],
    [
      () => augment.cropRaster(raster, [0, 0.5], [2, 2]),
      'cropRaster: start (=[0,0.5]) must be two integers (y, x) or three (z, y, x) of at least 0.',
    ],
    [
      () => augment.padRaster(raster, [0, 0, -4, -4]),
      'padRaster: margins (=[0,0,-4,-4]) must leave something of [8, 8].',
    ],
    [
      () => augment.padRaster(raster, [1, 2] as never),
      'padRaster: margins (=[1,2]) must be [top, bottom, left, right] or [front, back, top, bottom, left, right], integers.',
    ],
    [
      () => augment.splineCoefficients(raster, 'mirror', 7 as never),
      'splineCoefficients: order (=7) must be in [0, 5].',
    ],
  ];
  for (const [run, expected] of tries) expect(message(run)).toBe(expected);
});

test('image and mask of two sizes are not moved together', () => {
  const small = { ...raster, data: new Uint8Array(16), height: 4, width: 4 };
  const transforms = {
    elastic: augment.elastic(),
    affine: augment.affine(),
    resize: augment.resize({ size: [5, 5] }),
    randomCrop: augment.randomCrop({ size: [2, 2] }),
    pad: augment.pad({ amount: 1 }),
  };
  for (const [name, transform] of Object.entries(transforms))
    expect(() => transform({ id: 'a', image: raster, mask: small }, random(1))).toThrow(
      `${name}: sample 'a' has an image of [8, 8] and a mask of [4, 4]; they must be of one size to be moved together. Put what changes one size alone (pad with mask: 'keep') last.`,
    );
});

test('a raster whose data do not fit its size is refused, and a field likewise', () => {
  const short = { ...raster, data: new Uint8Array(63) };
  const said = 'a raster of [8, 8, 1] needs 64 values, got 63.';
  expect(() => augment.gaussianFilter(short, { sigma: 1 })).toThrow(`gaussianFilter: ${said}`);
  expect(() => augment.padRaster(short, [0, 0, 0, 0])).toThrow(`padRaster: ${said}`);
  expect(() => augment.withGridLines(short)).toThrow(`withGridLines: ${said}`);
  expect(() => augment.splineCoefficients(short)).toThrow(`splineCoefficients: ${said}`);
  const flip = augment.flip({ horizontal: 1 });
  expect(() => flip({ id: 'a', image: short, mask: short }, random(1))).toThrow(`flip: ${said}`);
  const noise = augment.gaussianNoise({ sigma: 1 });
  expect(() => noise({ id: 'a', image: short, mask: raster }, random(1))).toThrow(`gaussianNoise: ${said}`);
  const dz = new Float32Array(64);
  expect(() => augment.warp(raster, { ...still, dz })).toThrow(
    'warp: a field of [8, 8] has dz but no depth; give both for a volume.',
  );
  expect(() => augment.warp(raster, { ...still, depth: 1 })).toThrow(
    'warp: a field of [1, 8, 8] has a depth but no dz; give both for a volume.',
  );
});

test('a value beyond its type is the nearest there is, never what remains of its bits', () => {
  expect(augment.padRaster(raster, [1, 0, 0, 0], { mode: 'constant', cval: 300 }).data[0]).toBe(255);
  expect(augment.withGridLines(raster, { value: -4, spacing: 1 }).data[0]).toBe(0);
});
