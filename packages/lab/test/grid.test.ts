import { expect, test } from 'vitest';
import { valueAt } from '../src/look/grid.js';

const grid = { x: [-1, 0, 1], y: [-1, 1], values: [0, 1, 2, 10, 11, 12] };

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
