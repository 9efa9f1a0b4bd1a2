import type { Raster } from '@segscape/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  averageSurfaceDistance,
  boundaryIou,
  byImageAndClass,
  hausdorffDistance,
  surfaceDice,
  surfaceDistances,
} from '../src/index.js';

const mask = (rows: string[]) => ({
  data: rows.flatMap((row) => [...row].map((letter) => Number(letter === '#'))),
  shape: [rows.length, rows[0]!.length],
});
const empty = mask(['....', '....']);
const left = mask(['#...', '#...']);
const right = mask(['...#', '...#']);

describe('Hausdorff and average surface distance', () => {
  test('two columns three pixels apart: 3, in micrometres 3·0.5', () => {
    expect(hausdorffDistance(left, right)).toBe(3);
    expect(hausdorffDistance(left, right, { spacing: [1, 0.5] })).toBe(1.5);
    expect(averageSurfaceDistance(left, right)).toBe(3);
    expect(hausdorffDistance(left, right, { distance: 'taxicab' })).toBe(3);
  });

  test('directed from the prediction: an inner prediction is near, the truth reaches farther', () => {
    const truth = mask(['####']);
    const predicted = mask(['#...']);
    expect(hausdorffDistance(truth, predicted, { directed: true })).toBe(0);
    expect(hausdorffDistance(truth, predicted)).toBe(3);
    expect(averageSurfaceDistance(truth, predicted, { symmetric: false })).toBe(0);
    expect(averageSurfaceDistance(truth, predicted)).toBeCloseTo(6 / 5);
    // Truth distances 0 1 2 3: the median lies between 1 and 2.
    expect(hausdorffDistance(truth, predicted, { percentile: 50 })).toBe(1.5);
  });

  test('not pooled, both directions weigh alike: (0 + 1½) / 2, as MASD in MetricsReloaded', () => {
    const [truth, predicted] = [mask(['####']), mask(['#...'])];
    expect(averageSurfaceDistance(truth, predicted, { pooled: false })).toBe(0.75);
    expect(averageSurfaceDistance(truth, predicted, { pooled: true })).toBeCloseTo(6 / 5);
    expect(averageSurfaceDistance(truth, mask(['....']), { pooled: false })).toBe(Number.POSITIVE_INFINITY);
    expect(() => averageSurfaceDistance(truth, predicted, { symmetric: false, pooled: false })).toThrow(
      'pooled (=false) must be left out where only one direction is measured (symmetric: false)',
    );
  });

  test('a share that is just reached is reached: half of the outer contour is shared, as surface-distance has it', () => {
    const options = { surface: 'contours', percentile: 50 } as const;
    expect(hausdorffDistance(mask(['...###']), mask(['...#..']), options)).toBe(0);
    expect(hausdorffDistance(mask(['...###']), mask(['...#..']), { ...options, percentile: 51 })).toBe(1);
  });

  test('empty masks follow the stated rules, or the ones given', () => {
    expect(hausdorffDistance(left, empty)).toBe(Number.POSITIVE_INFINITY);
    expect(hausdorffDistance(empty, empty)).toBeNaN();
    expect(averageSurfaceDistance(empty, left)).toBe(Number.POSITIVE_INFINITY);
    expect(surfaceDice(empty, left)).toBe(0);
    expect(surfaceDice(empty, empty)).toBeNaN();
    expect(boundaryIou(empty, empty)).toBeNaN();
    expect(boundaryIou(empty, left)).toBe(0);
    expect(hausdorffDistance(empty, empty, { bothEmpty: 0 })).toBe(0);
    expect(surfaceDice(empty, empty, { bothEmpty: 1, surface: 'contours' })).toBe(1);
  });

  const bits = fc.array(fc.nat(1), { minLength: 20, maxLength: 20 }).map((data) => ({ data, shape: [4, 5] }));

  test('equals a search over all pairs of edge pixels, in 2-D with spacing', () => {
    const spacing = [0.75, 2];
    const edges = ({ data, shape }: { data: number[]; shape: number[] }) =>
      data.flatMap((value, i) => {
        const [y, x] = [Math.floor(i / shape[1]!), i % shape[1]!];
        const inside = (dy: number, dx: number) =>
          y + dy >= 0 &&
          y + dy < shape[0]! &&
          x + dx >= 0 &&
          x + dx < shape[1]! &&
          data[(y + dy) * shape[1]! + x + dx] === 1;
        const open = !(inside(0, 1) && inside(0, -1) && inside(1, 0) && inside(-1, 0));
        return value === 1 && open ? [[y * spacing[0]!, x * spacing[1]!] as const] : [];
      });
    fc.assert(
      fc.property(bits, bits, (a, b) => {
        const [ea, eb] = [edges(a), edges(b)];
        if (ea.length === 0 || eb.length === 0) return;
        const nearest = (p: readonly [number, number], all: typeof ea) =>
          Math.min(...all.map(([y, x]) => Math.hypot(y - p[0], x - p[1])));
        const expected = Math.max(...ea.map((p) => nearest(p, eb)), ...eb.map((p) => nearest(p, ea)));
        expect(hausdorffDistance(a, b, { spacing })).toBeCloseTo(expected, 10);
      }),
    );
  });

  test('is symmetric, and 0 exactly for equal masks', () =>
    fc.assert(
      fc.property(bits, bits, (a, b) => {
        expect(hausdorffDistance(a, b)).toBe(hausdorffDistance(b, a));
        if (a.data.includes(1)) expect(hausdorffDistance(a, a)).toBe(0);
        if (a.data.includes(1)) expect(boundaryIou(a, a)).toBe(1);
      }),
    ));

  test('works in three dimensions and on rasters', () => {
    const data = new Uint8Array(27);
    const other = new Uint8Array(27);
    data[0] = 1;
    other[26] = 1;
    const volume = { height: 3, width: 3, channels: 1, depth: 3 };
    const [a, b]: Raster[] = [
      { ...volume, data },
      { ...volume, data: other },
    ];
    expect(hausdorffDistance(a!, b!, { spacing: [3, 1, 1] })).toBeCloseTo(Math.sqrt(36 + 4 + 4));
    expect(hausdorffDistance(a!, b!, { distance: 'chessboard' })).toBe(2);
    expect(hausdorffDistance(a!, b!, { distance: 'taxicab' })).toBe(6);
  });

  test('contours have the length of the outline: a pixel is bounded by 4 half diagonals', () => {
    const { truthToPrediction } = surfaceDistances(mask(['#']), mask(['#']), { surface: 'contours' });
    expect(truthToPrediction.weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(4 * 0.5 * Math.SQRT2);
  });

  test('a batch is refused with the way out; every class of it by byImageAndClass', () => {
    const batch = { data: [0, 1, 2, 2, 0, 1, 2, 2], shape: [2, 2, 2] };
    expect(() =>
      hausdorffDistance({ ...batch, shape: [2, 1, 2, 2] }, { ...batch, shape: [2, 1, 2, 2] }),
    ).toThrow('Use byImageAndClass for a batch.');
    expect(byImageAndClass(batch, batch, { classes: 3 }, (t, p) => hausdorffDistance(t, p))).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(() => hausdorffDistance(left, right, { percentile: 101 })).toThrow(
      'percentile (=101) must be in [0, 100]',
    );
    expect(() => hausdorffDistance(left, right, { spacing: [0, 1] })).toThrow(
      'hausdorffDistance: spacing[0] (=0) must be positive.',
    );
    expect(() => hausdorffDistance(left, empty.shape ? mask(['#']) : empty)).toThrow(
      'expected predictions shaped like labels [2, 4]',
    );
  });
});

describe('surface Dice and boundary IoU', () => {
  test('a shift of one pixel is right at tolerance 1 and not at 0', () => {
    const [a, b] = [mask(['.#..', '.#..']), mask(['..#.', '..#.'])];
    expect(surfaceDice(a, b)).toBe(1);
    expect(surfaceDice(a, b, { tolerance: 0 })).toBe(0);
    expect(boundaryIou(a, b)).toBe(0);
  });

  test('a band of one pixel of a 4×4 block has 12 pixels, of two pixels all 16', () => {
    const block = { data: new Array(16).fill(1), shape: [4, 4] };
    const hollow = { data: block.data.map((_, i) => Number(![5, 6, 9, 10].includes(i))), shape: [4, 4] };
    expect(boundaryIou(block, hollow, { width: 1 })).toBe(1);
    expect(boundaryIou(block, hollow, { width: 2 })).toBe(12 / 16);
  });
});
