import type { Raster } from '@segscape/core';
import { unetWeightMap } from '@segscape/losses';
import { describe, expect, test } from 'vitest';

const total = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0);

const rows = [
  [0, 0, 0, 0, 0],
  [0, 1, 0, 1, 0],
  [0, 1, 0, 1, 0],
];
const mask: Raster = { data: Uint8Array.from(rows.flat()), height: 3, width: 5, channels: 1 };

describe('unetWeightMap', () => {
  test('between two bars one pixel apart, 1 + 10·exp(-(1 + 1)² / 50)', () => {
    const map = unetWeightMap({ w0: 10, sigma: 5 })(mask);
    expect(map.data[1 * 5 + 2]).toBeCloseTo(1 + 10 * Math.exp(-4 / 50), 5);
    expect(map.data[1 * 5 + 1]).toBe(1); // inside a bar
    expect(map.data[1 * 5 + 0]).toBeCloseTo(1 + 10 * Math.exp(-16 / 50), 5); // 1 and 3 away
  });

  test('one object alone adds nothing; balanced classes have a mean of 1', () => {
    const one = { ...mask, data: mask.data.map((value, at) => (at % 5 < 2 ? value : 0)) } as Raster;
    expect(Array.from(unetWeightMap()(one).data).every((weight) => weight === 1)).toBe(true);
    const { data } = unetWeightMap({ classWeights: 'balanced', w0: 0 })(mask);
    expect(total(data) / data.length).toBeCloseTo(1, 5);
    expect(data[6]).toBeCloseTo(15 / (2 * 4), 5);
  });

  test('objects told apart by value may touch', () => {
    const touching: Raster = { data: Uint8Array.of(0, 5, 5, 9, 9, 0), height: 1, width: 6, channels: 1 };
    expect(unetWeightMap({ instances: true })(touching).data[0]).toBeCloseTo(1 + 10 * Math.exp(-16 / 50), 5);
    expect(unetWeightMap()(touching).data[0]).toBe(1);
  });
});
