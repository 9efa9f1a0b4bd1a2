import type { Raster } from '@segscape/core';
import * as morphology from '@segscape/morphology';
import { describe, expect, test } from 'vitest';

const mask = { data: Uint8Array.of(0, 1, 1, 0), height: 2, width: 2, channels: 1 };

/** How each function is called with a mask. */
const calls: Readonly<Record<string, (given: Raster) => unknown>> = {
  boundary: morphology.boundary,
  clearBorder: morphology.clearBorder,
  close: morphology.close,
  connectedComponents: morphology.connectedComponents,
  dilate: morphology.dilate,
  distanceTransform: morphology.distanceTransform,
  distancesAt: (given) => morphology.distancesAt(given, [0]),
  erode: morphology.erode,
  expandLabels: morphology.expandLabels,
  fillHoles: morphology.fillHoles,
  largestComponent: morphology.largestComponent,
  nearestFeatures: morphology.nearestFeatures,
  open: morphology.open,
  removeSmall: (given) => morphology.removeSmall(given, { minSize: 1 }),
  removeSmallHoles: (given) => morphology.removeSmallHoles(given, { minSize: 1 }),
  splitTouching: morphology.splitTouching,
  thin: morphology.thin,
};

describe.each(Object.entries(calls))('%s refuses', (name, call) => {
  const refused = (given: unknown) => expect(() => call(given as Raster));

  test.each([
    ['null', null],
    ['undefined', undefined],
    ['[[0,1]]', [[0, 1]]],
    ["['height','width','channels']", { height: 2, width: 2, channels: 1 }],
    ["['data','height','width']", { data: mask.data, height: 2, width: 2 }],
    ["['data','shape']", { data: mask.data, shape: [2, 2] }],
  ])('what is no raster: %s', (said, given) => {
    refused(given).toThrow(`${name}: mask (=${said}) must be a raster { data, height, width, channels }.`);
  });

  test('several channels, and data of another length', () => {
    refused({ ...mask, data: new Uint8Array(8), channels: 2 }).toThrow(
      `${name}: expected a mask of 1 channel, got 2. Take one channel first.`,
    );
    refused({ ...mask, data: new Uint8Array(3) }).toThrow(
      `${name}: a raster of [2, 2, 1] needs 4 values, got 3.`,
    );
  });

  test('NaN, which is neither background nor an object', () => {
    refused({ ...mask, data: Float32Array.of(0, 1, Number.NaN, 0) }).toThrow(
      `${name}: pixel 2 of mask is NaN. Give every pixel a number.`,
    );
  });
});

describe('watershed refuses', () => {
  const elevation = { ...mask, data: Float32Array.of(1, 2, 3, 4) };
  const flood = (given: object) => expect(() => morphology.watershed(elevation, mask, given));

  test('a mask of several channels or too few values, whose pixels would be those of others', () => {
    flood({ mask: { ...mask, data: new Uint8Array(12), channels: 3 } }).toThrow(
      'watershed: expected a mask of 1 channel, got 3. Take one channel first.',
    );
    flood({ mask: { ...mask, data: new Uint8Array(1) } }).toThrow(
      'watershed: a raster of [2, 2, 1] needs 4 values, got 1.',
    );
    flood({ mask: null }).toThrow('watershed: mask (=null) must be a raster');
  });

  test('markers that are no labels, heights that are no numbers, and a word for true', () => {
    expect(() => morphology.watershed(elevation, { ...mask, data: Float32Array.of(0.5, 0, 0, 2) })).toThrow(
      'watershed: the marker 0.5 is no label. Labels are whole numbers of 32 bits, 0 where there is none.',
    );
    // Beyond int32 a label would come round as another, or as none at all.
    for (const far of [2 ** 31, 2 ** 32, 5e9, -(2 ** 32), Number.POSITIVE_INFINITY])
      expect(() => morphology.watershed(elevation, { ...mask, data: Float32Array.of(1, 0, 0, far) })).toThrow(
        `watershed: the marker ${far} is no label.`,
      );
    const wide = { ...mask, data: Uint32Array.of(1, 0, 0, 2 ** 32 - 1) } as unknown as typeof mask;
    expect(() => morphology.watershed(elevation, wide)).toThrow('the marker 4294967295 is no label.');
    const ends = Float32Array.of(-(2 ** 31), 0, 0, 2 ** 31 - 128);
    expect(morphology.watershed(elevation, { ...mask, data: ends }).data).toContain(-(2 ** 31));
    expect(() => morphology.watershed({ ...mask, data: Float32Array.of(0, Number.NaN, 1, 2) }, mask)).toThrow(
      'watershed: pixel 1 of elevation is NaN. Give every pixel a number.',
    );
    expect(() => morphology.watershed(elevation, null as never)).toThrow(
      'watershed: markers (=null) must be a raster { data, height, width, channels }.',
    );
    flood({ line: 'no' }).toThrow("watershed: line (='no') must be true or false.");
  });
});

test('distancesAt wants positions', () => {
  expect(() => morphology.distancesAt(mask, undefined as never)).toThrow(
    "distancesAt: positions (=undefined) must be a list of the mask's pixels.",
  );
});
