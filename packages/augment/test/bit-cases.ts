import {
  affine,
  affineField,
  borderModes,
  brightness,
  centerCrop,
  compose,
  contrast,
  cropRaster,
  elastic,
  elasticField,
  elasticGrid,
  elasticGridField,
  fieldFrom,
  flip,
  gamma,
  gaussianBlur,
  gaussianFilter,
  gaussianNoise,
  gridLines,
  normalize,
  oneOf,
  pad,
  padRaster,
  randomCrop,
  resize,
  rotate,
  rotate90,
  scale,
  simardField,
  sometimes,
  splineCoefficients,
  type Transform,
  translate,
  uniformNoise,
  warp,
  warpAdjoint,
  withAffine,
  withGridLines,
} from '@segscape/augment';
import { type Raster, type RasterData, type Rng, random } from '@segscape/core';

/** FNV-1a over bytes, in two lanes that start apart: 64 bits as hexadecimal. */
export function hashOf(parts: readonly (RasterData | Float64Array | readonly number[])[]): string {
  let [a, b] = [0x811c9dc5, 0x050c5d1f];
  for (const part of parts) {
    const values = ArrayBuffer.isView(part) ? part : Float64Array.from(part);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    for (const byte of bytes) {
      a = Math.imul(a ^ byte, 0x01000193);
      b = Math.imul(b ^ byte, 0x01000193) ^ (b >>> 15);
    }
  }
  return [a, b].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
}

const types = {
  uint8: [Uint8Array, 0, 255],
  int16: [Int16Array, -3000, 3000],
  uint16: [Uint16Array, 0, 65_535],
  int32: [Int32Array, -2_000_000_000, 2_000_000_000],
  float32: [Float32Array, -5, 5],
} as const;
export type Kind = keyof typeof types;
export const kinds = Object.keys(types) as Kind[];

export function picture(rng: Rng, kind: Kind, height: number, width: number, channels: number): Raster {
  const [Type, low, high] = types[kind];
  const data = new Type(height * width * channels);
  for (let i = 0; i < data.length; i++) data[i] = low + (high - low) * rng.uniform();
  return { data, height, width, channels };
}

export const sizes = [
  [1, 1, 1],
  [1, 7, 2],
  [9, 1, 1],
  [7, 6, 3],
  [33, 40, 1],
  [21, 34, 4],
] as const;

const wild = (rng: Rng, height: number, width: number, reach: number) =>
  fieldFrom(height, width, () => [reach * rng.normal(), reach * rng.normal()]);

function* warps(): Iterable<[string, RasterData[]]> {
  for (const order of [0, 1, 3] as const)
    for (const mode of borderModes)
      for (const kind of kinds) {
        const rng = random(11);
        yield [
          `warp order ${order} ${mode} ${kind}`,
          sizes.flatMap(([h, w, c]) =>
            [0.8, 9].map((reach) => {
              const field = wild(rng, h + 2, w, reach);
              return warp(picture(rng, kind, h, w, c), field, { order, mode, cval: 3 }).data;
            }),
          ),
        ];
      }
}

function* adjoints(): Iterable<[string, RasterData[]]> {
  for (const order of [0, 1, 3] as const)
    for (const mode of borderModes) {
      if (order === 3 && (mode === 'nearest' || mode === 'grid-constant')) continue;
      const rng = random(12);
      const field = wild(rng, 9, 10, 4);
      const gradient = picture(rng, 'float32', 9, 10, 2);
      yield [
        `warpAdjoint order ${order} ${mode}`,
        [warpAdjoint(gradient, field, [8, 7], { order, mode }).data],
      ];
    }
}

function* filters(): Iterable<[string, (RasterData | Float64Array)[]]> {
  for (const mode of borderModes) {
    for (const kind of kinds) {
      const rng = random(13);
      yield [
        `gaussianFilter ${mode} ${kind}`,
        sizes.flatMap(([h, w, c]) =>
          [0.4, 1.3, 6].map(
            (sigma) => gaussianFilter(picture(rng, kind, h, w, c), { sigma, mode, cval: 2 }).data,
          ),
        ),
      ];
    }
    const rng = random(14);
    const noise = wild(rng, 30, 41, 1);
    const field = simardField(noise, { alpha: 34, sigma: 4, filterMode: mode });
    yield [`simardField ${mode}`, [field.dy, field.dx] as RasterData[]];
    yield [
      `splineCoefficients ${mode}`,
      sizes.map(([h, w, c]) => splineCoefficients(picture(rng, 'float32', h, w, c), mode).data),
    ];
    yield [
      `padRaster ${mode}`,
      sizes.map(
        ([h, w, c]) => padRaster(picture(rng, 'int16', h, w, c), [3, 0, 11, 2], { mode, cval: 4 }).data,
      ),
    ];
  }
}

function* fields(): Iterable<[string, (Float32Array | Float64Array | readonly number[] | RasterData)[]]> {
  const rng = random(15);
  const elasticOne = elasticField({ height: 64, width: 50, alpha: 34, sigma: 7 }, rng);
  const affineOne = affineField(20, 31, { degrees: 12, scale: [1.2, 0.8], translate: [1, 2], shear: [3, 4] });
  const grid = elasticGridField({ height: 20, width: 31, points: 4 }, rng);
  const both = withAffine(grid, { degrees: 30 });
  yield ['elasticField', [elasticOne.dy, elasticOne.dx]];
  yield ['affineField', [affineOne.dy, affineOne.dx]];
  yield ['elasticGridField', [grid.dy, grid.dx]];
  yield ['withAffine', [both.dy, both.dx]];
  yield ['draws after the fields', [Array.from({ length: 3 }, () => rng.uniform())]];
  yield ['gridLines', [gridLines(40, 33, { spacing: 7, thickness: 2 }).data]];
  yield ['withGridLines', [withGridLines(picture(rng, 'uint16', 40, 33, 3)).data]];
  yield ['cropRaster', [cropRaster(picture(rng, 'uint16', 40, 33, 3), [3, 4], [20, 11]).data]];
}

const transforms: Readonly<Record<string, Transform>> = {
  elastic: elastic(),
  'elastic order 3': elastic({ order: 3, mode: 'mirror', sigma: 3, alpha: [20, 90], filterMode: 'reflect' }),
  elasticGrid: elasticGrid(),
  'elasticGrid constant': elasticGrid({ mode: 'constant', cval: 7, maskCval: 255, points: 4 }),
  flip: flip(),
  rotate90: rotate90(),
  rotate: rotate({ degrees: 30 }),
  scale: scale({ factor: [0.7, 1.4] }),
  translate: translate({ shift: 5, order: 3, mode: 'grid-constant' }),
  affine: affine({ degrees: 20, factor: [0.8, 1.2], shift: 3, shear: 10, mode: 'wrap' }),
  randomCrop: randomCrop({ size: [16, 12], inset: [1, 2, 3, 4] }),
  centerCrop: centerCrop({ size: [15, 12] }),
  pad: pad({ amount: 5 }),
  'pad to a size': pad({ size: [60, 47], mode: 'constant', cval: 3, maskCval: 255 }),
  resize: resize({ size: [19, 55] }),
  'resize order 3': resize({ size: [50, 20], order: 3 }),
  brightness: brightness({ delta: 20 }),
  contrast: contrast({ factor: [0.5, 2] }),
  gamma: gamma({ exponent: 2 }),
  gaussianNoise: gaussianNoise({ sigma: [0, 20] }),
  uniformNoise: uniformNoise({ bound: 20 }),
  gaussianBlur: gaussianBlur({ sigma: [0, 3] }),
  normalize: normalize(),
  'normalize standard': normalize({ method: 'standard' }),
  'normalize fixed': normalize({ mean: [10], deviation: [5] }),
  compose: compose(
    randomCrop({ size: [20, 20] }),
    flip(),
    sometimes(0.5, rotate90()),
    oneOf(elastic(), elasticGrid()),
    affine({ degrees: 10 }),
    pad({ amount: 3 }),
  ),
};

function* transformed(): Iterable<[string, (RasterData | number[])[]]> {
  for (const [name, transform] of Object.entries(transforms))
    yield [
      `transform ${name}`,
      [0, 1, 2, 3].flatMap((seed) => {
        const rng = random(seed);
        const [height, width] = seed % 2 ? [36, 36] : [31, 44];
        const image = picture(rng, seed < 2 ? 'uint8' : 'float32', height, width, seed === 3 ? 1 : 3);
        const mask = picture(rng, 'uint8', height, width, 1);
        const moved = transform({ id: 'a', image, mask }, rng);
        return [moved.image.data, moved.mask.data, [moved.image.height, moved.mask.width, rng.uniform()]];
      }),
    ];
}

/** The hash of every case: what each function gave in the first version, bit for bit. */
export function bitHashes(): Record<string, string> {
  const all: Record<string, string> = {};
  for (const cases of [warps(), adjoints(), filters(), fields(), transformed()])
    for (const [name, parts] of cases) all[name] = hashOf(parts);
  return all;
}
