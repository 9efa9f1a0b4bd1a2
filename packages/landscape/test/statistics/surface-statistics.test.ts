import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { surfaceStatistics } from '../../src/index.js';

describe('surfaceStatistics', () => {
  const axis = Float64Array.from({ length: 21 }, (_, i) => (i - 10) / 10);
  const of = (f: (x: number, y: number) => number) => ({
    x: axis,
    y: axis,
    values: {
      loss: Float32Array.from({ length: 441 }, (_, i) => f(axis[i % 21]!, axis[Math.floor(i / 21)]!)),
    },
    attributes: {},
  });

  test('a bowl is convex everywhere, with its basin as wide as the disc it is', () => {
    const bowl = surfaceStatistics(
      of((x, y) => x * x + y * y),
      'loss',
      { rise: 0.125 },
    );
    expect(bowl.minimum).toEqual({ value: 0, x: 0, y: 0 });
    expect(bowl.convexity).toBe(1);
    expect(bowl.basinWidth).toBeCloseTo(1, 1); // x² + y² <= ¼
    expect(bowl.roughness).toBeLessThan(0.01);
  });

  test('a basin that fills the grid is as wide as the grid, however many places it has', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 15 }),
        fc.integer({ min: 3, max: 15 }),
        fc.double({ min: 0.1, max: 5, noNaN: true }),
        (columns, rows, reach) => {
          const along = (count: number) =>
            Float64Array.from({ length: count }, (_, i) => reach * ((2 * i) / (count - 1) - 1));
          const flat = { x: along(columns), y: along(rows), attributes: {} };
          const values = { loss: new Float32Array(columns * rows).fill(3) };
          const { basinWidth } = surfaceStatistics({ ...flat, values }, 'loss');
          expect((Math.PI * basinWidth ** 2) / 4).toBeCloseTo(4 * reach ** 2, 6);
        },
      ),
    ));

  test('places of uneven steps are refused: differences between them are no derivatives', () => {
    const uneven = Float64Array.of(0, 1, 3);
    const even = Float64Array.of(-1, 0, 1);
    const values = { loss: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8) };
    for (const [x, y, name] of [
      [uneven, even, 'x'],
      [even, uneven, 'y'],
      [Float64Array.of(1, 1, 1), even, 'x'],
    ] as const)
      expect(() => surfaceStatistics({ x, y, values, attributes: {} }, 'loss')).toThrow(
        `surfaceStatistics: ${name} (=[${name === 'x' ? x : y}]) must be evenly spaced places.`,
      );
    // From the right to the left is even.
    const { convexity } = surfaceStatistics(
      { x: even.toReversed(), y: even, values, attributes: {} },
      'loss',
    );
    expect(convexity).toBe(1);
  });

  test('a saddle is convex nowhere, a plane is flat, waves are rough', () => {
    expect(
      surfaceStatistics(
        of((x, y) => x * x - y * y),
        'loss',
      ).convexity,
    ).toBe(0);
    expect(
      surfaceStatistics(
        of((x) => x),
        'loss',
      ),
    ).toMatchObject({ convexity: 1, maximum: 1 });
    const waves = surfaceStatistics(
      of((x, y) => Math.sin(31 * x) * Math.sin(31 * y)),
      'loss',
    ).roughness;
    expect(waves).toBeGreaterThan(0.2);
  });

  test('undefined values are counted, not used; bad input is named', () => {
    const holed = of((x, y) => (x > 0.55 ? Number.NaN : x * x + y * y));
    expect(surfaceStatistics(holed, 'loss')).toMatchObject({ convexity: 1 });
    expect(surfaceStatistics(holed, 'loss').undefinedShare).toBeCloseTo(5 / 21);
    expect(() =>
      surfaceStatistics(
        of(() => Number.NaN),
        'loss',
      ),
    ).toThrow("'loss' is finite nowhere");
    expect(() => surfaceStatistics(holed, 'dice')).toThrow("loss (='dice') must be one of loss");
    const small = {
      x: axis.slice(0, 3),
      y: axis.slice(0, 2),
      values: { loss: new Float32Array(6) },
      attributes: {},
    };
    expect(() => surfaceStatistics(small, 'loss')).toThrow('at least 3 × 3 places, got 3 × 2');
  });
});
