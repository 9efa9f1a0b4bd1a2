import { describe, expect, test } from 'vitest';
import { placeIn, valueAt } from '../src/look/grid.js';

const grid = { x: [-1, 0, 1], y: [-1, 1], values: [0, 1, 2, 10, 11, 12] };

describe('valueAt', () => {
  test('a computed point has its own value', () => {
    expect(valueAt(grid, [0, -1])).toBe(1);
    expect(valueAt(grid, [1, 1])).toBe(12);
  });
  test('between four points it is bilinear: x/2 along, then y/2 up', () => {
    expect(valueAt(grid, [-0.5, 0])).toBeCloseTo(0.5 * (0.5 + 10.5), 12);
  });
  test('outside it is the nearest of the edge', () => {
    expect(valueAt(grid, [5, -9])).toBe(2);
  });
});

describe('placeIn', () => {
  const frame = { left: 40, top: 10, side: 200 };
  test('up is up: the top left of the picture is the smallest x and the largest y', () => {
    expect(placeIn(grid, frame, 40, 10)).toEqual([-1, 1]);
    expect(placeIn(grid, frame, 240, 210)).toEqual([1, -1]);
    expect(placeIn(grid, frame, 140, 110)).toEqual([0, 0]);
  });
  test('beside the frame it is the nearest place inside', () => {
    expect(placeIn(grid, frame, 0, 999)).toEqual([-1, -1]);
  });
});
