import type { Raster } from '@segscape/core';
import * as morphology from '@segscape/morphology';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

/** What is measured of a volume, and whether the places of its values turn with the axes or only their number stays. */
interface Measure {
  readonly of: (volume: Raster, spacing: readonly number[]) => ArrayLike<number>;
  readonly keepsPlaces: boolean;
}

const places = (of: Measure['of']): Measure => ({ of, keepsPlaces: true });
const numbers = (of: Measure['of']): Measure => ({ of, keepsPlaces: false });
const count = (values: ArrayLike<number>) => [new Set(Array.from(values)).size];

const measures: Readonly<Record<string, Measure>> = {
  boundary: places((v) => morphology.boundary(v).data),
  clearBorder: places((v) => morphology.clearBorder(v).data),
  close: places((v) => morphology.close(v, { radius: 1.5, element: 'ball' }).data),
  connectedComponents: numbers((v) =>
    morphology.connectedComponents(v, { connectivity: 2 }).sizes.slice(1).sort(),
  ),
  dilate: places((v) => morphology.dilate(v, { element: 'box' }).data),
  distanceTransform: places((v, spacing) => morphology.distanceTransform(v, { spacing, signed: true }).data),
  'distanceTransform in steps': places((v) => morphology.distanceTransform(v, { metric: 'taxicab' }).data),
  distancesAt: places((v, spacing) => morphology.distancesAt(v, [...v.data.keys()], { spacing })),
  erode: places((v) => morphology.erode(v).data),
  expandLabels: places((v, spacing) =>
    // Where two labels are equally near either may win: only which pixels are reached is told.
    morphology.expandLabels(v, { distance: 1.2, spacing }).data.map((value) => Math.min(value, 1)),
  ),
  fillHoles: places((v) => morphology.fillHoles(v).data),
  largestComponent: numbers((v) => [
    morphology.largestComponent(v).data.filter((value) => value !== 0).length,
  ]),
  nearestFeatures: places((v, spacing) => morphology.nearestFeatures(v, { spacing }).distances.data),
  open: places((v) => morphology.open(v).data),
  removeSmallHoles: places((v) => morphology.removeSmallHoles(v, { minSize: 4 }).data),
  removeSmall: places((v) => morphology.removeSmall(v, { minSize: 3 }).data),
  splitTouching: numbers((v) => count(morphology.splitTouching(v, { threshold: 0.5 }).data)),
  // Of one label, so that only what the flood reaches is told; test/watershed.test.ts tells which label.
  watershed: places((v) => {
    const markers = { ...v, data: v.data.map((value) => Number(value === 2)) };
    return morphology.watershed(v, markers, { mask: v }).data;
  }),
};

test('every export is tried, or refuses volumes', () => {
  const named = Object.keys(measures).map((name) => name.split(' ')[0]);
  expect([...new Set(named), 'thin'].sort()).toEqual(Object.keys(morphology).sort());
});

const sizes = [3, 4, 5] as const;
const orders = [
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

/** The axes in another order: axis `k` of the result is axis `order[k]` of the values. */
function turned<A extends ArrayLike<number>>(values: A, order: readonly number[]): number[] {
  const [d, h, w] = order.map((axis) => sizes[axis]!) as [number, number, number];
  const strides = [sizes[1] * sizes[2], sizes[2], 1];
  return Array.from({ length: d * h * w }, (_, at) => {
    const place = [Math.floor(at / (h * w)), Math.floor(at / w) % h, at % w];
    return values[place.reduce((sum, p, k) => sum + p * strides[order[k]!]!, 0)]!;
  });
}

const volumeOf = (data: readonly number[], [depth, height, width]: readonly number[]): Raster => ({
  data: Uint8Array.from(data),
  depth: depth!,
  height: height!,
  width: width!,
  channels: 1,
});

describe('a volume of three slices is one space, whichever axis is called depth', () => {
  test.each(Object.entries(measures))('%s', (_, { of, keepsPlaces }) =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 1, 1, 2), { minLength: 60, maxLength: 60 }),
        fc.constantFrom(...orders),
        (data, order) => {
          const spacing = [2, 1, 0.75];
          const found = of(volumeOf(data, sizes), spacing);
          const others = order.map((axis) => sizes[axis]!);
          const again = of(
            volumeOf(turned(data, order), others),
            order.map((axis) => spacing[axis]!),
          );
          expect(Array.from(again)).toBeAllclose(keepsPlaces ? turned(found, order) : Array.from(found));
        },
      ),
      { numRuns: 40 },
    ),
  );

  test('results keep their slices', () => {
    const volume = volumeOf(
      Array.from({ length: 60 }, (_, i) => Number(i % 3 > 0)),
      sizes,
    );
    for (const result of [
      morphology.fillHoles(volume),
      morphology.close(volume),
      morphology.clearBorder(volume),
    ])
      expect(result).toMatchObject({ depth: 3, height: 4, width: 5 });
  });

  test('thin refuses one by name', () => {
    expect(() => morphology.thin(volumeOf(new Array(60).fill(1), sizes))).toThrow(
      'thin: mask.depth (=3) must be absent: only images are thinned, plane by plane.',
    );
  });
});

describe('structures', () => {
  const volume = volumeOf(new Array(60).fill(1), sizes);
  const image: Raster = { data: new Uint8Array(6), height: 2, width: 3, channels: 1 };

  test('of another number of axes, of ragged rows or without a pixel are refused', () => {
    const must = (form: string) => `must be nested arrays ${form} with rows of one length.`;
    expect(() => morphology.dilate(volume, { element: [[1, 1]] })).toThrow(
      `dilate: element (=[[1,1]]) ${must('[depth][height][width]')}`,
    );
    expect(() => morphology.erode(image, { element: [[1, 1], [1]] })).toThrow(
      `erode: element (=[[1,1],[1]]) ${must('[height][width]')}`,
    );
    expect(() => morphology.open(image, { element: [[0]] })).toThrow(
      'open: element (=[[0]]) must have a pixel that is not 0.',
    );
    expect(() => morphology.close(image, { element: [[1, 1, 1]], origin: [0, 2] })).toThrow(
      'close: origin (=[0,2]) must be 2 whole numbers that move the centre of an element of 1×3 to one of its pixels.',
    );
  });

  test('an origin goes with an element of its own, a border is 0 or 1, a radius is finite', () => {
    expect(() => morphology.erode(image, { origin: [0, 0] })).toThrow(
      'erode: origin (=[0,0]) must go with an element drawn as arrays; a cross, a box and a ball have their centre in the middle.',
    );
    expect(() => morphology.erode(image, { borderValue: 2 as 1 })).toThrow(
      'erode: borderValue (=2) must be 0 or 1.',
    );
    expect(() => morphology.erode(image, { radius: Number.POSITIVE_INFINITY, element: 'ball' })).toThrow(
      'must be a whole number of pixels, at least 0.',
    );
  });

  test('steps know no spacing', () => {
    expect(() => morphology.distanceTransform(image, { metric: 'taxicab', spacing: [1, 1] })).toThrow(
      "distanceTransform: spacing (=[1,1]) must be absent for metric 'taxicab', which counts steps between pixels.",
    );
    expect(() => morphology.distanceTransform(image, { metric: 'manhattan' as 'taxicab' })).toThrow(
      "distanceTransform: metric (='manhattan') must be 'euclidean', 'chessboard' or 'taxicab'.",
    );
  });
});
