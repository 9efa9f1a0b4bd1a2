import { random } from '@segscape/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Surface, surfaceStatistics, topology } from '../../src/index.js';

const surfaceOf = (width: number, height: number, values: readonly number[]): Surface => ({
  x: Float64Array.from({ length: width }, (_, i) => i),
  y: Float64Array.from({ length: height }, (_, i) => 10 * i),
  values: { loss: Float32Array.from(values) },
  attributes: {},
});

/** The six neighbours of the triangulated grid, written out anew. */
const neighbours = (i: number, width: number, height: number) => {
  const [c, r] = [i % width, Math.floor(i / width)];
  const all = [
    [c + 1, r],
    [c - 1, r],
    [c, r + 1],
    [c, r - 1],
    [c + 1, r + 1],
    [c - 1, r - 1],
  ] as const;
  return all.filter(([x, y]) => x >= 0 && y >= 0 && x < width && y < height).map(([x, y]) => y * width + x);
};

/** Labels of the connected parts of a set of places. */
function parts(places: ReadonlySet<number>, width: number, height: number): number[][] {
  const left = new Set(places);
  const found: number[][] = [];
  while (left.size > 0) {
    const start = [...left][0]!;
    const part = new Set([start]);
    for (const i of part) for (const j of neighbours(i, width, height)) if (left.has(j)) part.add(j);
    for (const i of part) left.delete(i);
    found.push([...part]);
  }
  return found;
}

/** Persistence by brute force: the sea rises place by place, and every lake is flooded anew each time. */
function flooded(z: readonly number[], width: number, height: number) {
  const order = [...z.keys()].sort((a, b) => z[a]! - z[b]! || a - b);
  const rank = new Map(order.map((place, k) => [place, k]));
  const deepest = (part: number[]) => part.reduce((best, i) => (rank.get(i)! < rank.get(best)! ? i : best));
  const pairs: [minimum: number, saddle: number][] = [];
  let before = new Set<number>();
  order.forEach((place, k) => {
    const now = new Set(parts(new Set(order.slice(0, k + 1)), width, height).map(deepest));
    for (const minimum of before) if (!now.has(minimum)) pairs.push([minimum, place]);
    before = now;
  });
  return { pairs, deepest: [...before] };
}

describe('topology', () => {
  test('pairs, minima and merging saddles are those of a brute-force flood, ties and all', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 100_000 }),
        fc.boolean(),
        (width, height, seed, ties) => {
          const rng = random(seed);
          const z = Array.from({ length: width * height }, () =>
            ties ? rng.integer(0, 5) : rng.integer(0, 1000),
          );
          const { minima, tree, totalPersistence, meanPersistence, saddles } = topology(
            surfaceOf(width, height, z),
            'loss',
          );
          const truth = flooded(z, width, height);
          // What meets at its own height is one plain, and was no valley.
          truth.pairs = truth.pairs.filter(([minimum, saddle]) => z[saddle]! > z[minimum]!);
          const pairs = minima
            .filter(({ saddle }) => saddle)
            .map(({ index, saddle }) => [index, saddle!.index]);
          expect(new Set(pairs.map(String))).toEqual(new Set(truth.pairs.map(String)));
          expect(minima.filter(({ saddle }) => !saddle).map(({ index }) => index)).toEqual(truth.deepest);
          const sum = truth.pairs.reduce((total, [minimum, saddle]) => total + z[saddle]! - z[minimum]!, 0);
          expect(totalPersistence).toBeCloseTo(sum, 6);
          expect(meanPersistence).toBeCloseTo(truth.pairs.length === 0 ? 0 : sum / truth.pairs.length, 6);
          // Every joining place is a saddle of the surface, and every node but the uppermost has one above it.
          const known = new Set(saddles.map(({ index }) => index));
          for (const [, saddle] of truth.pairs) expect(known.has(saddle)).toBe(true);
          const inTree = new Set(tree.nodes.map(({ index }) => index));
          expect(tree.edges).toHaveLength(Math.max(inTree.size - 1, 0));
        },
      ),
      { numRuns: 300 },
    ));

  test('a plain is one minimum at most, on a summit none, whatever its form', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.constantFrom(0, 1, 2, Number.NaN), { minLength: 42, maxLength: 42 }),
        (width, height, values) => {
          const z = values.slice(0, width * height);
          fc.pre(z.some(Number.isFinite));
          // Floods whole levels at once: a plain is a minimum where nothing around it lies lower.
          const plains = [0, 1, 2].flatMap((level) =>
            parts(new Set([...z.keys()].filter((i) => z[i] === level)), width, height).filter((plain) =>
              plain.every((i) => neighbours(i, width, height).every((j) => !(z[j]! < level))),
            ),
          );
          const { minima, tree, smad } = topology(surfaceOf(width, height, z), 'loss');
          expect(minima).toHaveLength(plains.length);
          for (const { index } of minima)
            expect(plains.filter((plain) => plain.includes(index))).toHaveLength(1);
          for (const [lower, upper] of tree.edges) expect(z[upper]!).toBeGreaterThanOrEqual(z[lower]!);
          for (const { persistence } of minima) expect(persistence).toBeGreaterThan(0);
          const joined = tree.edges.filter(([lower]) => minima.some(({ index }) => index === lower));
          const gaps = joined.map(([lower, upper]) => z[upper]! - z[lower]!);
          expect(smad).toBeCloseTo(gaps.length === 0 ? 0 : gaps.reduce((a, b) => a + b) / gaps.length, 6);
        },
      ),
      { numRuns: 300 },
    ));

  // A row of valleys: 1 up to 5, down to 0, up to 4, down to 2.
  const row = surfaceOf(5, 1, [1, 5, 0, 4, 2]);

  test('a row of three valleys, by hand', () => {
    const { minima, tree, smad, totalPersistence, saddles } = topology(row, 'loss');
    expect(minima.map(({ x, persistence }) => [x, persistence])).toEqual([
      [2, Number.POSITIVE_INFINITY],
      [0, 4],
      [4, 2],
    ]);
    expect(minima[1]!.saddle).toMatchObject({ x: 1, value: 5 });
    expect(saddles.map(({ x }) => x)).toEqual([3, 1]);
    expect(tree.edges).toEqual([
      [2, 3],
      [4, 3],
      [3, 1],
      [0, 1],
    ]);
    expect(totalPersistence).toBe(6);
    // The saddles next above the minima 0, 2 and 1 are 4, 4 and 5.
    expect(smad).toBeCloseTo((4 + 2 + 4) / 3, 6);
  });

  test('SMAD as a share of the range, and weighed by what runs down to each minimum', () => {
    expect(topology(row, 'loss', { normalize: true }).smad).toBeCloseTo((4 + 2 + 4) / 3 / 5, 6);
    // 5 runs down to 0, 4 to 0 as well: 1 has one place of five, 0 three, 2 one.
    const weighed = (4 * (1 / 5) + 4 * (3 / 5) + 2 * (1 / 5)) / 3;
    expect(topology(row, 'loss', { weighted: true }).smad).toBeCloseTo(weighed, 6);
    expect(topology(row, 'loss', { weighted: true, normalize: true }).smad).toBeCloseTo(weighed / 5, 6);
    const constant = surfaceOf(3, 3, Array(9).fill(2));
    expect(topology(constant, 'loss', { weighted: true, normalize: true }).smad).toBe(0);
    // The steepest edge: from 6, 1 lies a step of 1 away, 0 one of 10.
    const steep = surfaceOf(2, 2, [6, 1, 0, 9]);
    const { minima, smad } = topology(steep, 'loss', { weighted: true });
    expect(minima.map(({ value }) => value)).toEqual([0, 1]);
    // Both valleys join at 6, which runs down to 1, as 9 does to 0.
    expect(smad).toBeCloseTo((6 * (2 / 4) + 5 * (2 / 4)) / 2, 6);
  });

  test('shallow valleys below the threshold leave no trace', () => {
    const { minima, tree } = topology(row, 'loss', { threshold: 3 });
    expect(minima.map(({ x }) => x)).toEqual([2, 0]);
    expect(tree.edges).toEqual([
      [2, 1],
      [0, 1],
    ]);
    expect(topology(row, 'loss', { threshold: 9 })).toMatchObject({ smad: 0, totalPersistence: 0 });
    // What ran down to the valley that is left out counts for the one that took it: 0 has four places of five.
    expect(topology(row, 'loss', { threshold: 3, weighted: true }).smad).toBeCloseTo(
      (5 * (4 / 5) + 4 * (1 / 5)) / 2,
      6,
    );
  });

  test('a bowl has one minimum, two wells a saddle between them', () => {
    const axis = Float64Array.from({ length: 21 }, (_, i) => (i - 10) / 5);
    const of = (f: (x: number, y: number) => number): Surface => ({
      x: axis,
      y: axis.subarray(4, 17),
      values: {
        loss: Float32Array.from({ length: 21 * 13 }, (_, i) =>
          f(axis[i % 21]!, axis[4 + Math.floor(i / 21)]!),
        ),
      },
      attributes: {},
    });
    expect(
      topology(
        of((x, y) => x * x + 3 * y * y + x * y),
        'loss',
      ).minima,
    ).toHaveLength(1);
    // (x² − 1)² + 0.1·x + y²: wells near −1 and 1, the pass near 0.
    const wells = topology(
      of((x, y) => (x * x - 1) ** 2 + 0.1 * x + y * y),
      'loss',
    );
    expect(wells.minima.map(({ x, y }) => [x, y])).toBeAllclose([
      [-1, 0],
      [1, 0],
    ]);
    expect(wells.minima[1]!.saddle).toMatchObject({ x: 0, y: 0 });
    expect(wells.minima[1]!.persistence).toBeCloseTo(0.9, 5);
    expect(wells.smad).toBeCloseTo((1.1 + 0.9) / 2, 5);
  });

  test('places that are not finite part the valleys', () => {
    const parted = topology(surfaceOf(3, 2, [1, Number.NaN, 2, 1, Number.NaN, 3]), 'loss');
    expect(parted.minima.map(({ index }) => index)).toEqual([0, 2]);
    expect(() => topology(row, 'dice')).toThrow("topology: loss (='dice') must be one of loss");
    expect(() => topology(row, 'loss', { threshold: -1 })).toThrow('threshold (=-1) must be at least 0');
  });
});

describe('the basin', () => {
  const axis = (n: number) => Float64Array.from({ length: n }, (_, i) => (2 * i) / (n - 1) - 1);
  const bowl = (a: number, b: number, angle: number): Surface => {
    const [x, y, c, s] = [axis(61), axis(41), Math.cos(angle), Math.sin(angle)];
    const loss = Float32Array.from({ length: 61 * 41 }, (_, i) => {
      const [u, v] = [x[i % 61]!, y[Math.floor(i / 61)]!];
      return a * (c * u + s * v) ** 2 + b * (c * v - s * u) ** 2;
    });
    return { x, y, values: { loss }, attributes: {} };
  };

  test('is as long as the root of the ratio of curvatures, at any angle', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 3, noNaN: true }), (angle) => {
        const { anisotropy } = surfaceStatistics(bowl(1, 9, angle), 'loss', { rise: 0.05 });
        expect(anisotropy).toBeGreaterThan(2.6);
        expect(anisotropy).toBeLessThan(3.4);
      }),
      { numRuns: 30 },
    );
  });

  test('is as deep as the lowest way out', () => {
    // Along the weak axis the edge lies at 1: the loss there is 2.
    expect(surfaceStatistics(bowl(2, 5, 0), 'loss').basinDepth).toBeCloseTo(2, 5);
    expect(surfaceStatistics(bowl(5, 2, 0), 'loss').basinDepth).toBeCloseTo(2, 5);
    const slope = surfaceOf(3, 3, [0, 1, 2, 0, 1, 2, 0, 1, 2]);
    expect(surfaceStatistics(slope, 'loss').basinDepth).toBe(0);
  });
});
