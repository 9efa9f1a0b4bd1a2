import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Curve } from '../src/data/curves.js';
import { scaleOf, shortNumber, tickTexts, widened } from '../src/figures/scale.js';
import { commonRange, shareOf } from '../src/figures/terrain.js';
import { linearTicks, logTicks } from '../src/figures/ticks.js';
import { curvesSvg, type IntervalRow, intervalsSvg, surfacePairSvg, surfaceSvg } from '../src/index.js';
import { assertWellFormed } from './well-formed.js';

const odd = fc.constantFrom(
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  1,
  1 + Number.EPSILON,
  -1,
  Number.MIN_VALUE,
  -Number.MIN_VALUE,
  2.2250738585072014e-308,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Number.MAX_SAFE_INTEGER,
  1e-7,
  1e300,
);
/** Any number there is, the odd ones often. */
const number = fc.oneof(odd, fc.double(), fc.double({ min: -10, max: 10, noNaN: true }));
/** Ends of an axis: any two numbers, equal ones, neighbours. */
const ends = fc.oneof(
  fc.tuple(number, number),
  number.map((value): [number, number] => [value, value]),
  number.map((value): [number, number] => [value, value * (1 + Number.EPSILON)]),
);
const values = fc.array(number, { maxLength: 6 });
const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('__proto__', 'constructor', 'toString', '</title><script>', '" onload="x', '\ud800', ']]>'),
);
const runs = { numRuns: 10_000 };

const expectTicks = (ticks: readonly number[], [a, b]: readonly [number, number], count: number) => {
  expect(ticks.length).toBeLessThanOrEqual(4 * Math.max(3, Math.min(20, count || 1)) + 2);
  ticks.forEach((tick, i) => {
    if (
      !Number.isFinite(tick) ||
      tick < Math.min(a, b) ||
      tick > Math.max(a, b) ||
      !(i === 0 || tick > ticks[i - 1]!)
    )
      throw new Error(`${a} to ${b}: ${ticks.join(', ')}`);
  });
};

describe('tick makers are total: finite, rising, between the ends, few', () => {
  test('linearTicks', () =>
    fc.assert(
      fc.property(ends, number, ([a, b], count) => {
        const ticks = linearTicks(a, b, count);
        expectTicks(ticks, [a, b], count);
        expect(ticks.length > 0).toBe(Number.isFinite(a) && Number.isFinite(b));
      }),
      runs,
    ));
  test('logTicks', () =>
    fc.assert(
      fc.property(ends, number, ([a, b], count) => {
        const ticks = logTicks(a, b, count);
        expectTicks(ticks, [a, b], count);
        expect(ticks.length > 0).toBe(Number.isFinite(a) && Number.isFinite(b) && Math.max(a, b) > 0);
        expect(ticks.every((tick) => tick > 0)).toBe(true);
      }),
      runs,
    ));
  test('one ulp: the ends', () => {
    const above = 1 + Number.EPSILON;
    expect(linearTicks(1, above)).toEqual([1, above]);
    expect(logTicks(1, above)).toEqual([1, above]);
  });
  test('0 to 1 by powers of ten begins at a millionth', () =>
    expect(logTicks(0, 1)).toEqual([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1]));
  test('labels tell ticks apart, down to six digits', () => {
    expect(tickTexts(linearTicks(0.9, 0.9008, 4))).toEqual(['0.9', '0.9002', '0.9004', '0.9006', '0.9008']);
    expect(tickTexts([0, 0.5, 1])).toEqual(['0', '0.5', '1']);
  });
});

describe('scales are total', () => {
  test('a place is finite and near, or NaN for what cannot be shown', () =>
    fc.assert(
      fc.property(ends, number, fc.boolean(), fc.tuple(number, number), (domain, value, log, [low, high]) => {
        const scale = scaleOf(domain, [20, 120], { log });
        const place = scale.at(value);
        expect(Number.isNaN(place)).toBe(!Number.isFinite(value) || (log && value <= 0));
        if (!Number.isNaN(place)) expect(Math.abs(place)).toBeLessThanOrEqual(1e5);
        expect(scale.domain.every(Number.isFinite)).toBe(true);
        for (const end of scale.domain) expect(scale.at(end) >= 20 && scale.at(end) <= 120).toBe(true);
        if (Number.isFinite(low) && Number.isFinite(high) && low <= high)
          expect(widened(low, high, 0.05).every(Number.isFinite)).toBe(true);
        expect(shortNumber(value)).not.toMatch(/NaN|Infinity|undefined/);
      }),
      runs,
    ));
  test('a share of a range lies in [0, 1]', () =>
    fc.assert(
      fc.property(values, values, number, fc.boolean(), (a, b, value, log) => {
        const share = shareOf(value, commonRange([a, b], log));
        expect(share >= 0 && share <= 1).toBe(true);
      }),
      runs,
    ));
});

describe('figures are total: valid SVG without NaN from any numbers and names', () => {
  const curve = fc.record(
    {
      label: name,
      colour: name,
      split: fc.oneof(name, fc.constantFrom('train', 'test', 'validation')),
      epochs: values,
      mean: values,
      low: values,
      high: values,
    },
    { requiredKeys: ['label', 'colour', 'split', 'epochs', 'mean'] },
  ) as fc.Arbitrary<Curve>;
  test('curvesSvg', () =>
    fc.assert(
      fc.property(fc.array(curve, { maxLength: 3 }), fc.boolean(), name, (curves, log, title) =>
        assertWellFormed(curvesSvg(curves, { log, title })),
      ),
      { numRuns: 1_500 },
    ));
  const row = fc.record({
    label: name,
    colour: name,
    points: values,
    mean: number,
    low: number,
    high: number,
  });
  test('intervalsSvg', () =>
    fc.assert(
      fc.property(fc.array(row, { maxLength: 3 }), name, (rows: IntervalRow[], title) =>
        assertWellFormed(intervalsSvg(rows, { title })),
      ),
      { numRuns: 2_000 },
    ));
  const grid = fc
    .tuple(fc.integer({ min: 2, max: 3 }), fc.integer({ min: 2, max: 3 }), name)
    .chain(([nx, ny, loss]) =>
      fc.record({
        x: fc.array(number, { minLength: nx, maxLength: nx }).map((axis) => Float64Array.from(axis)),
        y: fc.array(number, { minLength: ny, maxLength: ny }).map((axis) => Float64Array.from(axis)),
        values: fc
          .array(number, { minLength: nx * ny, maxLength: nx * ny })
          .map((all) => Object.fromEntries([[loss, Float32Array.from(all)]])),
      }),
    );
  const options = fc.record(
    { log: fc.boolean(), range: fc.tuple(number, number), levels: fc.integer({ min: 1, max: 6 }) },
    { requiredKeys: [] },
  );
  test('surfaceSvg', () =>
    fc.assert(
      fc.property(grid, options, (surface, drawn) => assertWellFormed(surfaceSvg(surface, drawn))),
      { numRuns: 1_000 },
    ));
  test('surfacePairSvg', () =>
    fc.assert(
      fc.property(grid, grid, options, name, (left, right, drawn, title) =>
        assertWellFormed(surfacePairSvg({ surface: left, title }, { surface: right }, drawn)),
      ),
      { numRuns: 500 },
    ));
  test.each([
    [Number.NaN, 'curvesSvg: width (=NaN) must be from 120 to 20000 pixels.'],
    [-5, 'curvesSvg: width (=-5) must be from 120 to 20000 pixels.'],
    [Number.POSITIVE_INFINITY, 'curvesSvg: width (=Infinity) must be from 120 to 20000 pixels.'],
  ])('a width of %s is refused', (width, message) => expect(() => curvesSvg([], { width })).toThrow(message));
  test('levels without end are refused', () => {
    const surface = {
      x: Float64Array.of(0, 1),
      y: Float64Array.of(0, 1),
      values: { a: new Float32Array(4) },
    };
    expect(() => surfaceSvg(surface, { levels: 1e9 })).toThrow(
      'surfaceSvg: levels (=1000000000) must be a whole number from 1 to 256.',
    );
    expect(() => surfacePairSvg({ surface }, { surface }, { levels: 0 })).toThrow(
      'surfacePairSvg: levels (=0) must be a whole number from 1 to 256.',
    );
  });
  test('a loss of every object is no loss of a surface', () => {
    const surface = {
      x: Float64Array.of(0, 1),
      y: Float64Array.of(0, 1),
      values: { a: new Float32Array(4) },
    };
    expect(() => surfaceSvg(surface, { loss: 'constructor' })).toThrow(
      "surfaceSvg: the surface has no loss 'constructor'. It has: a.",
    );
  });
});
