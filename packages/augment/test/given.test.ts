import * as augment from '@segscape/augment';
import { random, type SegscapeError } from '@segscape/core';
import { describe, expect, test } from 'vitest';

const raster = { data: Uint8Array.of(0, 1, 1, 0), height: 2, width: 2, channels: 1 };
const sample = { id: 'a', image: raster, mask: raster };
const size: readonly [number, number] = [2, 2];

const spatials: Readonly<Record<string, augment.Transform>> = {
  affine: augment.affine({ degrees: 5 }),
  centerCrop: augment.centerCrop({ size }),
  elastic: augment.elastic(),
  elasticGrid: augment.elasticGrid(),
  flip: augment.flip({ horizontal: 1 }),
  pad: augment.pad({ amount: 1 }),
  randomCrop: augment.randomCrop({ size }),
  resize: augment.resize({ size: [3, 3] }),
  rotate: augment.rotate({ degrees: 5 }),
  rotate90: augment.rotate90(),
  scale: augment.scale({ factor: [0.9, 1.1] }),
  translate: augment.translate({ shift: 1 }),
};
const intensities: Readonly<Record<string, augment.Transform>> = {
  brightness: augment.brightness({ delta: 3 }),
  contrast: augment.contrast({ factor: [0.9, 1.1] }),
  gamma: augment.gamma({ exponent: [0.9, 1.1] }),
  gaussianBlur: augment.gaussianBlur({ sigma: [1, 2] }),
  gaussianNoise: augment.gaussianNoise({ sigma: 1 }),
  normalize: augment.normalize(),
  uniformNoise: augment.uniformNoise({ bound: 1 }),
};

/** What an action throws. */
function errorOf(action: () => unknown): SegscapeError {
  try {
    action();
  } catch (error) {
    return error as SegscapeError;
  }
  throw new Error('nothing was thrown');
}

describe.each(Object.entries({ ...spatials, ...intensities }))('%s refuses', (name, transform) => {
  const said = (given: unknown) => errorOf(() => transform(given as typeof sample, random(1))).message;

  test('what is no sample', () => {
    expect(said(null)).toBe(`${name}: sample (=null) must be { id, image, mask }.`);
    expect(said(raster)).toBe(
      `${name}: sample (=['data','height','width','channels']) must be { id, image, mask }.`,
    );
  });

  test('an image that is none, that has plain numbers, or too few', () => {
    expect(said({ ...sample, image: [[1]] })).toBe(
      `${name}: image (=[[1]]) must be a raster { data, height, width, channels }.`,
    );
    expect(said({ ...sample, image: { ...raster, data: [0, 1, 1, 0] } })).toBe(
      `${name}: image.data (=[0,1,1,0]) must be a typed array.`,
    );
    expect(said({ ...sample, image: { ...raster, data: new Uint8Array(3) } })).toBe(
      `${name}: a raster of [2, 2, 1] needs 4 values, got 3.`,
    );
  });
});

test.each(Object.entries(spatials))('%s refuses a sample without a mask', (name, transform) => {
  expect(errorOf(() => transform({ id: 'a', image: raster } as typeof sample, random(1))).message).toBe(
    `${name}: mask (=undefined) must be a raster { data, height, width, channels }.`,
  );
});

describe('random numbers', () => {
  const need = { ...spatials, ...intensities };
  for (const name of ['centerCrop', 'pad', 'resize', 'normalize'])
    delete (need as Record<string, unknown>)[name];

  test.each(Object.entries(need))('%s refuses a seed in place of a stream', (name, transform) => {
    expect(errorOf(() => transform(sample, 7 as never)).message).toBe(
      `${name}: rng (=7) must be a stream of random numbers, as random(seed) makes one.`,
    );
  });

  test('are not asked for where nothing is drawn', () => {
    const cropped = augment.centerCrop({ size })(sample, undefined as never);
    expect(cropped.image.data).toEqual(raster.data);
  });

  test.each([
    ['compose', augment.compose(augment.flip())],
    ['oneOf', augment.oneOf(augment.flip())],
    ['sometimes', augment.sometimes(0.5, augment.flip())],
    ['spatial', augment.spatial(augment.flip())],
  ])('%s tells by its own name that there are none', (name, transform) => {
    expect(errorOf(() => transform(sample, undefined as never)).message).toBe(
      `${name}: rng (=undefined) must be a stream of random numbers, as random(seed) makes one.`,
    );
  });

  test('of a field', () => {
    const { elasticField, elasticGridField } = augment;
    expect(errorOf(() => elasticField({ height: 2, width: 2, alpha: 1, sigma: 1 }, 3 as never)).message).toBe(
      'elasticField: rng (=3) must be a stream of random numbers, as random(seed) makes one.',
    );
    expect(errorOf(() => elasticGridField({ height: 2, width: 2 }, 3 as never)).code).toBe('BAD_OPTION');
  });
});

test.each<[string, () => unknown]>([
  [
    "warp: field (=['height','width','dy','dx']) must have dy and dx as typed arrays.",
    () => augment.warp(raster, { height: 2, width: 2, dy: [0, 0, 0, 0], dx: [0, 0, 0, 0] } as never),
  ],
  [
    'withAffine: field (=undefined) must have dy and dx as typed arrays.',
    () => augment.withAffine(undefined as never, {}),
  ],
  [
    'warp: image (=null) must be a raster { data, height, width, channels }.',
    () =>
      augment.warp(
        null as never,
        augment.fieldFrom(2, 2, () => [0, 0]),
      ),
  ],
  [
    'gaussianFilter: image (=[[1]]) must be a raster { data, height, width, channels }.',
    () => augment.gaussianFilter([[1]] as never, { sigma: 1 }),
  ],
  [
    'fieldFrom: at (=undefined) must be a function that gives [dy, dx].',
    () => augment.fieldFrom(2, 2, undefined as never),
  ],
  [
    'elasticGrid: grid (=undefined) must be { rows, columns, dy, dx }.',
    () => augment.gridField(undefined as never, 2, 2),
  ],
  [
    'describeDraw: sample (=undefined) must be { id, image, mask }.',
    () => augment.describeDraw(augment.flip(), undefined as never, random(1)),
  ],
  [
    'replayDraw: draw (={}) must be what describeDraw gives.',
    () => augment.replayDraw(augment.flip(), sample, {} as never),
  ],
])('%s', (said, call) => {
  expect(errorOf(call).message).toBe(said);
});
