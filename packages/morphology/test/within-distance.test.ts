import type { Raster } from '@segscape/core';
import { dilate, erode, expandLabels } from '@segscape/morphology';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

/** One pixel in the middle of a square. */
const dot = (reach: number): Raster => {
  const size = 2 * reach + 1;
  const data = new Uint8Array(size * size);
  data[reach * size + reach] = 1;
  return { data, height: size, width: size, channels: 1 };
};

/** The same by distances in double precision, one pixel after another. */
const disc = (reach: number, isWithin: (dy: number, dx: number) => boolean): number[] => {
  const steps = Array.from({ length: 2 * reach + 1 }, (_, k) => k - reach);
  return steps.flatMap((dy) => steps.map((dx) => Number(isWithin(dy, dx))));
};

/** Squared, in pixels. */
const square = fc.integer({ min: 0, max: 60 });
const step = fc.integer({ min: 0, max: 7 });
const size = fc.constantFrom(1, 0.65, 0.1, 0.3, 7);

describe('pixels that lie exactly as far off as is asked', () => {
  test('are of the ball of that radius', () =>
    fc.assert(
      fc.property(square, (n) => {
        const radius = Math.sqrt(n);
        const within = disc(9, (dy, dx) => dy * dy + dx * dx <= n);
        expect([...dilate(dot(9), { element: 'ball', radius }).data]).toEqual(within);
        const hole = { ...dot(9), data: dot(9).data.map((value) => 1 - value) };
        const eroded = erode(hole, { element: 'ball', radius, borderValue: 1 }).data;
        expect([...eroded]).toEqual(within.map((value) => 1 - value));
      }),
    ));

  test('are reached by a label that grows as far, in pixels and in units', () =>
    fc.assert(
      fc.property(step, step, size, size, (dy, dx, height, width) => {
        const far = (y: number, x: number) => Math.sqrt(y * y * (height * height) + x * x * (width * width));
        const distance = far(dy, dx);
        const within = disc(9, (y, x) => far(y, x) <= distance);
        const grown = expandLabels(dot(9), { distance, spacing: [height, width] });
        expect([...grown.data]).toEqual(within);
      }),
    ));

  test('are as they were between two lengths', () => {
    const within = disc(4, (dy, dx) => dy * dy + dx * dx <= 6);
    expect([...dilate(dot(4), { element: 'ball', radius: 2.5 }).data]).toEqual(within);
    expect([...expandLabels(dot(4), { distance: 2.5 }).data]).toEqual(within);
  });
});

test('a spacing that is none is told by the name of the function', () => {
  for (const spacing of [null, 0, [1]])
    expect(() => expandLabels(dot(1), { spacing: spacing as never })).toThrow(
      /^expandLabels: spacing \(=.*\) must be 2 positive numbers, \[y, x\]\.$/,
    );
});

test('an element of many pixels is taken', () => {
  const element = Array.from({ length: 401 }, () => new Array<number>(401).fill(1));
  expect([...dilate(dot(1), { element }).data]).toEqual(new Array(9).fill(1));
});
