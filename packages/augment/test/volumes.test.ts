import * as augment from '@segscape/augment';
import { type Raster, type RasterData, random, type Sample } from '@segscape/core';
import { describe, expect, test } from 'vitest';
import { type Kind, kinds, picture } from './bit-cases.js';

const [depth, height, width] = [3, 8, 8] as const;

function volume(kind: Kind = 'uint8', channels = 2): Raster {
  return { ...picture(random(3), kind, depth * height, width, channels), depth, height, spacing: [4, 1, 2] };
}

/** One slice as a picture of its own. */
function slice(raster: Raster, z: number): Raster {
  const { depth: count = 1, spacing, data, depth: _, ...rest } = raster;
  const size = data.length / count;
  return {
    ...rest,
    data: data.slice(z * size, (z + 1) * size),
    ...(spacing && { spacing: spacing.slice(1) }),
  };
}

/** All slices below one another, as one picture. */
function stacked({ depth: count = 1, spacing: _, depth: __, ...rest }: Raster): Raster {
  return { ...rest, height: count * rest.height };
}

const sample = (kind?: Kind): Sample => ({ id: 'v', image: volume(kind), mask: volume('uint8', 1) });
const both = (of: Sample, change: (raster: Raster) => Raster): Sample => ({
  ...of,
  image: change(of.image),
  mask: change(of.mask),
});

const order = { order: 1, mode: 'mirror' } as const;

/** Transforms that treat every slice as they treat a picture, with the same random numbers. */
const sliceBySlice: Record<string, augment.Transform> = {
  affine: augment.affine({ degrees: 20, factor: [0.8, 1.2], shift: 3, shear: 10, ...order }),
  brightness: augment.brightness({ delta: 30 }),
  centerCrop: augment.centerCrop({ size: [5, 4] }),
  compose: augment.compose(augment.flip(), augment.elastic({ sigma: 2 }), augment.pad({ amount: 2 })),
  elastic: augment.elastic({ sigma: 2, ...order }),
  elasticGrid: augment.elasticGrid({ sigma: 2, order: 3 }),
  flip: augment.flip(),
  gamma: augment.gamma({ exponent: [0.5, 2] }),
  gaussianBlur: augment.gaussianBlur({ sigma: [0.5, 2] }),
  oneOf: augment.oneOf(augment.flip({ horizontal: 1 }), augment.rotate90()),
  pad: augment.pad({ amount: [1, 2, 3, 0], mode: 'mirror' }),
  randomCrop: augment.randomCrop({ size: [5, 4], inset: [1, 0, 0, 1] }),
  resize: augment.resize({ size: [5, 11], order: 3 }),
  rotate: augment.rotate({ degrees: 40 }),
  rotate90: augment.rotate90(),
  scale: augment.scale({ factor: [0.7, 1.3], order: 0 }),
  sometimes: augment.sometimes(0.5, augment.flip({ vertical: 1 })),
  spatial: augment.spatial(augment.rotate({ degrees: 30 }), augment.flip(), augment.pad({ amount: 1 })),
  translate: augment.translate({ shift: 2 }),
};

/** Transforms that look at all values of a volume at once, whatever their places. */
const everyVoxel: Record<string, augment.Transform> = {
  contrast: augment.contrast({ factor: [0.5, 2] }),
  gaussianNoise: augment.gaussianNoise({ sigma: 20 }),
  normalize: augment.normalize({ method: 'standard' }),
  uniformNoise: augment.uniformNoise({ bound: 20 }),
};

const field = augment.fieldFrom(7, 9, (y, x) => [Math.sin(y + 2 * x), Math.cos(3 * y - x)]);
const spaceField = augment.volumeFieldFrom(2, 7, 9, (z, y, x) => [
  z - 0.3,
  Math.sin(y + 2 * x),
  Math.cos(z - x),
]);

/** Functions of rasters, for every slice as for a picture. */
const rasterFunctions: Record<string, (raster: Raster) => Raster> = {
  cropRaster: (raster) => augment.cropRaster(raster, [1, 2], [5, 4]),
  gaussianFilter: (raster) =>
    augment.gaussianFilter(raster, {
      sigma: raster.depth === undefined ? [1, 2] : [0, 1, 2],
      mode: 'nearest',
    }),
  padRaster: (raster) => augment.padRaster(raster, [1, 2, -1, 3], { mode: 'wrap' }),
  warp: (raster) => augment.warp(raster, field, { order: 4, mode: 'nearest' }),
  warpAdjoint: (raster) => {
    const own = augment.fieldFrom(height, width, (y, x) => [Math.sin(y + 2 * x), Math.cos(3 * y - x)]);
    return augment.warpAdjoint(raster, own, [6, 9], { order: 2, mode: 'nearest' });
  },
  withGridLines: (raster) => augment.withGridLines(raster, { spacing: 3 }),
};

/** Exports that take no raster and no sample. */
const withoutRasters = [
  'affineField',
  'borderModes',
  'elasticField',
  'elasticGridField',
  'fieldFrom',
  'gridField',
  'gridLines',
  'simardField',
  'volumeFieldFrom',
  'withAffine',
];

/** Exports whose meaning on a volume is told by tests of their own below. */
const apart = ['describeDraw', 'replayDraw', 'splineCoefficients', 'warpSample'];

test('every export is tried on a volume', () => {
  const tried = [sliceBySlice, everyVoxel, rasterFunctions].flatMap((table) => Object.keys(table));
  const functions = Object.keys(augment).filter((name) => !name.endsWith('Schema'));
  expect([...tried, ...withoutRasters, ...apart].sort()).toEqual(functions.sort());
});

const data = (raster: Raster): RasterData => raster.data;

describe.each(Object.entries(sliceBySlice))('%s', (name, transform) => {
  test.each(kinds)('gives for every slice of a volume what it gives for that slice alone (%s)', (kind) => {
    for (let seed = 0; seed < 6; seed++) {
      const given = sample(kind);
      const before = both(given, (raster) => ({ ...raster, data: raster.data.slice() }));
      const alone =
        name === 'gaussianBlur' ? augment.gaussianBlur({ sigma: [0.5, 2], axes: [0, 1, 1] }) : transform;
      const moved = alone(given, random(seed));
      // The range of gamma is that of the type, or of all that is there.
      if (name === 'gamma' && kind !== 'uint8' && kind !== 'uint16') continue;
      for (let z = 0; z < depth; z++) {
        const one = transform(
          both(given, (raster) => slice(raster, z)),
          random(seed),
        );
        expect(slice(moved.image, z), `image, slice ${z}, seed ${seed}`).toEqual(one.image);
        expect(slice(moved.mask, z), `mask, slice ${z}, seed ${seed}`).toEqual(one.mask);
      }
      expect(moved.image.depth).toBe(depth);
      expect(given, 'the given sample stays').toEqual(before);
    }
  });
});

describe.each(Object.entries(everyVoxel))('%s', (_, transform) => {
  test('gives for a volume what it gives for its slices below one another', () => {
    for (const kind of kinds) {
      const moved = transform(sample(kind), random(2)).image;
      const flat = transform(both(sample(kind), stacked), random(2)).image;
      expect(data(moved)).toEqual(data(flat));
      expect(moved).toMatchObject({ depth, height, width, spacing: [4, 1, 2] });
    }
  });
});

describe.each(Object.entries(rasterFunctions))('%s', (_, run) => {
  test.each(kinds)('gives for every slice of a volume what it gives for that slice alone (%s)', (kind) => {
    const raster = volume(kind);
    const whole = run(raster);
    expect(whole).toMatchObject({ depth, spacing: [4, 1, 2] });
    for (let z = 0; z < depth; z++) expect(slice(whole, z)).toEqual(run(slice(raster, z)));
  });
});

describe('in three dimensions', () => {
  test('warpSample and warp move a volume by a field with depth; a whole shift takes the next slice', () => {
    const up = augment.volumeFieldFrom(depth, height, width, () => [1, 0, 0]);
    const given = sample();
    const moved = augment.warpSample(given, up, { mode: 'constant', cval: 9, maskCval: 5 });
    expect(data(slice(moved.image, 0))).toEqual(data(slice(given.image, 1)));
    expect(data(slice(moved.mask, 1))).toEqual(data(slice(given.mask, 2)));
    expect(new Set(slice(moved.image, 2).data)).toEqual(new Set([9]));
    expect(new Set(slice(moved.mask, 2).data)).toEqual(new Set([5]));
    expect(augment.warp(given.image, spaceField)).toMatchObject({ depth: 2, height: 7, width: 9 });
  });

  test('splineCoefficients along all axes; slices that are alike have coefficients that are alike', () => {
    const one = picture(random(1), 'float32', 6, 5, 1);
    const same = { ...one, depth: 3, data: Float32Array.from([...one.data, ...one.data, ...one.data]) };
    const all = augment.splineCoefficients(same, 'mirror', 5);
    const plane = augment.splineCoefficients(one, 'mirror', 5);
    for (let z = 0; z < 3; z++)
      for (let i = 0; i < 30; i++) expect(all.data[z * 30 + i]).toBeCloseTo(plane.data[i]!, 4);
  });

  test('elastic({ volume: true }) moves by elasticField with depth, drawn dz, dy, dx', () => {
    const given = sample('float32');
    const moved = augment.elastic({ alpha: 20, sigma: 2, volume: true })(given, random(4));
    const own = augment.elasticField({ alpha: 20, sigma: 2, depth, height, width }, random(4));
    expect(moved.image).toEqual(augment.warp(given.image, own));
    expect(moved.mask).toEqual(augment.warp(given.mask, own, { order: 0 }));
    const plane = augment.elasticField({ alpha: 1, sigma: 0.01, height: 1, width: 1 }, random(4));
    const first = augment.elasticField({ alpha: 1, sigma: 0.01, depth: 1, height: 1, width: 1 }, random(4));
    expect(first.dz).toEqual(plane.dy);
  });

  test('flip({ depth }) reverses the slices; pictures draw as before', () => {
    const given = sample();
    const reversed = augment.flip({ horizontal: 0, vertical: 0, depth: 1 })(given, random(1));
    for (let z = 0; z < depth; z++) expect(slice(reversed.image, z)).toEqual(slice(given.image, 2 - z));
    const [plain, deep] = [random(7), random(7)];
    const flat = both(given, (raster) => slice(raster, 0));
    augment.flip()(flat, plain);
    augment.flip({ depth: 0.5 })(flat, deep);
    expect(deep.state()).toEqual(plain.state());
  });

  test('crops, margins and sizes of three numbers; spacing stays, or is scaled by resize', () => {
    const given = sample();
    const crop = augment.randomCrop({ size: [2, 5, 4] })(given, random(1));
    expect(crop.image).toMatchObject({ depth: 2, height: 5, width: 4, spacing: [4, 1, 2] });
    expect(crop.mask).toMatchObject({ depth: 2, height: 5, width: 4 });
    const middle = augment.centerCrop({ size: [1, 8, 8] })(given, random(1));
    expect(data(middle.image)).toEqual(data(slice(given.image, 1)));
    const padded = augment.pad({ size: [5, 8, 8], mode: 'constant', cval: 7 })(given, random(1));
    expect(new Set(slice(padded.image, 0).data)).toEqual(new Set([7]));
    expect(slice(padded.image, 1)).toEqual(slice(given.image, 0));
    expect(augment.padRaster(given.image, [0, 2, 0, 0, 0, 0], { mode: 'nearest' }).depth).toBe(5);
    const half = augment.resize({ size: [6, 4, 16] })(given, random(1)).image;
    expect(half).toMatchObject({ depth: 6, height: 4, width: 16, spacing: [2, 2, 1] });
    expect(augment.resize({ size: [4, 16] })(given, random(1)).image.spacing).toEqual([4, 2, 1]);
    const turns = new Set<string>();
    for (let seed = 0; seed < 20; seed++)
      turns.add(String(augment.rotate90()(given, random(seed)).image.spacing));
    expect(turns).toEqual(new Set(['4,1,2', '4,2,1']));
  });

  test('what is meant for volumes is refused for pictures, by name', () => {
    const flat = both(sample(), (raster) => slice(raster, 0));
    const picture = 'is for volumes, got a picture of [8, 8].';
    const tries: [() => unknown, string][] = [
      [() => augment.warp(flat.image, spaceField), `warp: a field with depth ${picture}`],
      [() => augment.elastic({ volume: true })(flat, random(1)), `elastic: volume: true ${picture}`],
      [
        () => augment.randomCrop({ size: [2, 5, 4] })(flat, random(1)),
        `randomCrop: a size of 3 numbers ${picture}`,
      ],
      [
        () => augment.centerCrop({ size: [2, 5, 4] })(flat, random(1)),
        `centerCrop: a size of 3 numbers ${picture}`,
      ],
      [() => augment.pad({ size: [2, 5, 4] })(flat, random(1)), `pad: a size of 3 numbers ${picture}`],
      [
        () => augment.pad({ amount: [0, 0, 1, 1, 1, 1] })(flat, random(1)),
        `pad: an amount of 6 numbers ${picture}`,
      ],
      [() => augment.resize({ size: [2, 5, 4] })(flat, random(1)), `resize: a size of 3 numbers ${picture}`],
      [() => augment.padRaster(flat.image, [0, 0, 1, 1, 1, 1]), `padRaster: margins of 6 numbers ${picture}`],
      [
        () => augment.cropRaster(flat.image, [0, 0, 0], [1, 1, 1]),
        `cropRaster: a size of 3 numbers ${picture}`,
      ],
      [
        () => augment.gaussianFilter(flat.image, { sigma: [1, 1, 1] }),
        'gaussianFilter: sigma (=[1,1,1]) must be a number or have 2, one for each axis.',
      ],
    ];
    for (const [run, message] of tries) {
      const found = (() => {
        try {
          run();
        } catch (error) {
          return (error as Error).message;
        }
        return 'nothing';
      })();
      expect(found).toBe(message);
    }
  });
});

test('what was drawn for a volume is described, and replayed', () => {
  const transform = augment.compose(augment.flip({ depth: 1 }), augment.randomCrop({ size: [2, 4, 4] }));
  const given = sample();
  const draw = augment.describeDraw(transform, given, random(3));
  expect(draw.size).toHaveLength(3);
  expect(draw.drawn).toMatchObject([{ kind: 'flip', depth: true }, { kind: 'randomCrop' }]);
  expect(augment.replayDraw(transform, given, draw)).toEqual(transform(given, random(3)));
});
