import { readFileSync } from 'node:fs';
import type { Raster } from '@segscape/core';
import {
  type Connectivity,
  close,
  connectedComponents,
  dilate,
  distanceTransform,
  erode,
  fillHoles,
  nearestFeatures,
  open,
  type Structure,
} from '@segscape/morphology';
import type {} from '@segscape/testing';
import { describe, expect, test } from 'vitest';

interface Case {
  readonly shape: number[];
  readonly spacing: number[];
  readonly components: number[][];
  readonly mask: number[];
  readonly distance: number[];
  readonly distanceSpaced: number[];
  readonly outside: number[];
  readonly dilate: number[];
  readonly erode: number[];
  readonly erodeBox: number[];
  readonly dilateBox: number[];
  readonly dilateBall: number[];
  readonly open: number[];
  readonly close: number[];
  readonly fillHoles: number[];
  readonly chessboard: number[];
  readonly taxicab: number[];
  readonly drawn: Structure;
  readonly bordered: readonly Step[];
  readonly structured: readonly (Step & { readonly origin: number[]; readonly rounds: number })[];
}

interface Step {
  readonly name: keyof typeof steps;
  readonly border: 0 | 1;
  /** A digit a pixel. */
  readonly values: string;
}

const steps = { erode, dilate, open, close };

const { cases } = JSON.parse(readFileSync(new URL('./fixtures/scipy.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};

function rasterOf({ shape, mask }: Case): Raster {
  const [width = 1, height = 1, depth] = [...shape].reverse();
  return { data: Uint8Array.from(mask), height, width, channels: 1, ...(depth !== undefined && { depth }) };
}

const list = ({ data }: Raster) => Array.from(data);
const digits = ({ data }: Raster) => data.join('');

describe.each(cases)('as scipy.ndimage on $shape', (one) => {
  const mask = rasterOf(one);
  const { spacing } = one;

  test('distances, with spacing and signed', () => {
    expect(distanceTransform(mask).data).toBeAllclose(one.distance);
    expect(distanceTransform(mask, { spacing }).data).toBeAllclose(one.distanceSpaced);
    expect(distanceTransform(mask, { signed: true }).data).toBeAllclose(
      one.distance.map((inside, at) => inside - one.outside[at]!),
    );
  });

  test('nearest features lie in the background, as far as the distance says', () => {
    const { distances, indices } = nearestFeatures(mask, { spacing });
    expect(distances.data).toBeAllclose(one.distanceSpaced);
    const place = (at: number) => {
      const { height, width } = mask;
      return [Math.floor(at / (width * height)), Math.floor(at / width) % height, at % width];
    };
    const sizes = spacing.length === 2 ? [1, ...spacing] : spacing;
    indices.data.forEach((feature, at) => {
      expect(mask.data[feature]).toBe(0);
      const [a, b] = [place(at), place(feature)];
      const far = Math.hypot(...a.map((v, axis) => (v - b[axis]!) * sizes[axis]!));
      expect(far).toBeCloseTo(distances.data[at]!, 4);
    });
  });

  test('components in the order of their first pixels, at every connectivity', () => {
    one.components.forEach((expected, index) => {
      const { labels, count, sizes } = connectedComponents(mask, {
        connectivity: (index + 1) as Connectivity,
      });
      expect(list(labels)).toEqual(expected);
      expect(count).toBe(Math.max(0, ...expected));
      expect(Array.from(sizes)).toEqual(
        Array.from({ length: count + 1 }, (_, label) => expected.filter((value) => value === label).length),
      );
    });
  });

  test('dilation, erosion, opening, closing and holes', () => {
    expect(list(dilate(mask, { radius: 2 }))).toEqual(one.dilate);
    expect(list(dilate(mask, { radius: 2, element: 'box' }))).toEqual(one.dilateBox);
    expect(list(dilate(mask, { radius: 2.5, element: 'ball' }))).toEqual(one.dilateBall);
    expect(list(erode(mask))).toEqual(one.erode);
    expect(list(erode(mask, { element: 'box' }))).toEqual(one.erodeBox);
    expect(list(open(mask))).toEqual(one.open);
    expect(list(close(mask, { radius: 2 }))).toEqual(one.close);
    expect(list(fillHoles(mask))).toEqual(one.fillHoles);
  });

  test('distances in steps, with the sign of the side', () => {
    for (const metric of ['chessboard', 'taxicab'] as const) {
      expect(list(distanceTransform(mask, { metric }))).toEqual(one[metric]);
      const inside = list(distanceTransform(mask, { metric, signed: true })).map((steps) =>
        Math.max(steps, 0),
      );
      expect(inside).toEqual(one[metric]);
    }
  });

  test('a border of 0 or 1, step by step', () => {
    for (const { name, border, values } of one.bordered)
      expect(digits(steps[name](mask, { radius: 2, borderValue: border }))).toBe(values);
  });

  test('an element drawn as arrays, with its origin and a border', () => {
    for (const { name, border, origin, rounds, values } of one.structured) {
      const options = { element: one.drawn, origin, radius: rounds, borderValue: border };
      expect(digits(steps[name](mask, options))).toBe(values);
    }
  });
});
