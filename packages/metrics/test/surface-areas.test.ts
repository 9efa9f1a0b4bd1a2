import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  averageSurfaceDistance,
  hausdorffDistance,
  surfaceDice,
  surfaceDistances,
  surfaceOverlap,
} from '../src/index.js';
import { contourCubes } from '../src/surface-areas.js';

type Place = readonly [number, number, number];
const volume = (places: readonly Place[], shape: Place = [4, 4, 4]) => {
  const data = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (const [z, y, x] of places) data[(z * shape[1] + y) * shape[2] + x] = 1;
  return { data, shape };
};
const box = (from: Place, to: Place): Place[] => {
  const places: Place[] = [];
  for (let z = from[0]; z < to[0]; z++)
    for (let y = from[1]; y < to[1]; y++) for (let x = from[2]; x < to[2]; x++) places.push([z, y, x]);
  return places;
};
const areaOf = (places: readonly Place[], spacing = [1, 1, 1]) => {
  const mask = volume(places);
  const { weights } = surfaceDistances(mask, mask, { surface: 'contours', spacing }).truthToPrediction;
  return weights.reduce((sum, weight) => sum + weight, 0);
};
const root = Math.sqrt;

describe('surface area of a volume, halfway between voxels', () => {
  test('one voxel is an octahedron: eight triangles of √3/8', () => {
    expect(areaOf([[1, 1, 1]])).toBeCloseTo(root(3), 10);
    // Of 4×1×½ µm its triangles have the sides' products, ½, 2 and 4 µm², across the axes.
    expect(areaOf([[1, 1, 1]], [4, 1, 0.5])).toBeCloseTo(root(0.5 ** 2 + 2 ** 2 + 4 ** 2), 10);
  });

  test('two voxels: eight corners, and four rectangles of √½ between them', () => {
    expect(areaOf(box([1, 1, 1], [2, 2, 3]))).toBeCloseTo(root(3) + 4 * root(0.5), 10);
  });

  test('a block of 2×2×2: eight corners, twelve edges, six faces of 1', () => {
    expect(areaOf(box([1, 1, 1], [3, 3, 3]))).toBeCloseTo(root(3) + 12 * root(0.5) + 6, 10);
    const [z, y, x] = [3, 1, 2];
    const edges = 4 * (x * root(z * z + y * y) + y * root(z * z + x * x) + z * root(x * x + y * y)) * 0.5;
    const corners = root((z * y) ** 2 + (z * x) ** 2 + (y * x) ** 2);
    expect(areaOf(box([1, 1, 1], [3, 3, 3]), [z, y, x])).toBeCloseTo(
      corners + edges + 2 * (z * y + z * x + y * x),
      10,
    );
  });

  /** Area in the middle of a cube of 2×2×2 voxels, of which some are inside: bits z·4 + y·2 + x. */
  const middle = (code: number, spacing = [1, 1, 1]) => {
    const data = Uint8Array.from({ length: 8 }, (_, corner) => (code >> corner) & 1);
    const { positions, weights } = contourCubes({ data, shape: [2, 2, 2] }, spacing);
    const at = positions.indexOf(13);
    return at < 0 ? 0 : weights[at]!;
  };

  test.each([
    ['one corner', 0b1, 0.216506],
    ['an edge', 0b11, Math.SQRT1_2],
    ['two corners apart', 0b1001, 0.433013],
    ['an L', 0b111, 1.149519],
    ['an edge and a corner', 0b1000011, 0.92361],
    ['three corners apart', 0b10110, 0.649519],
    ['a face', 0b1111, 1],
    ['a corner and its three neighbours', 0b10111, 1.299038],
    ['a path through the cube', 0b10001011, 1.573132],
    ['two edges', 0b11000011, Math.SQRT2],
    ['an L and the corner across', 0b10000111, 1.366025],
    ['four corners apart', 0b10010110, 0.866025],
    ['all but one', 0b11111110, 0.216506],
  ])('%s, as in the table of DeepMind', (_, code, area) => {
    expect(middle(code)).toBeCloseTo(area, 5);
  });

  test('inside and outside have one surface, at any spacing; doubling the spacing quadruples it', () => {
    for (let code = 0; code < 256; code++) {
      expect(middle(code, [1, 2, 0.5])).toBeCloseTo(middle(255 - code, [1, 2, 0.5]), 12);
      expect(middle(code, [2, 4, 1])).toBeCloseTo(4 * middle(code, [1, 2, 0.5]), 12);
    }
  });
});

describe('distances between surfaces in 3-D', () => {
  const [a, b] = [volume(box([1, 1, 1], [3, 3, 3])), volume(box([1, 1, 0], [3, 3, 2]))];

  test('a block moved by one voxel: its farthest points are one apart, in its own unit', () => {
    expect(hausdorffDistance(a, b, { surface: 'contours' })).toBe(1);
    expect(hausdorffDistance(a, b, { surface: 'contours', spacing: [1, 1, 0.25] })).toBe(0.25);
    expect(surfaceDice(a, b, { surface: 'contours' })).toBe(1);
    expect(averageSurfaceDistance(a, a, { surface: 'contours' })).toBe(0);
  });

  test('turning both volumes changes nothing', () => {
    const bits = fc.array(fc.nat(1), { minLength: 27, maxLength: 27 });
    const turned = (data: readonly number[]) =>
      data.map((_, i) => data[(i % 3) * 9 + Math.floor(i / 9) * 3 + (Math.floor(i / 3) % 3)]!);
    fc.assert(
      fc.property(bits, bits, (p, q) => {
        const grid = (data: readonly number[]) => ({ data: [...data], shape: [3, 3, 3] });
        const measure = (x: readonly number[], y: readonly number[], spacing: number[]) => {
          const options = { surface: 'contours', spacing } as const;
          return [surfaceDice(grid(x), grid(y), options), averageSurfaceDistance(grid(x), grid(y), options)];
        };
        // Axis x of the turned volume is axis z of the other, z is y, y is x.
        expect(measure(turned(p), turned(q), [2, 0.75, 1.5])).toBeAllclose(measure(p, q, [1.5, 2, 0.75]), {
          abs: 1e-9,
        });
      }),
    );
  });
});

describe('surface overlap', () => {
  const line = (text: string) => ({ data: [...text].map((c) => Number(c === '#')), shape: [1, text.length] });

  test('tells what is missed from what is invented', () => {
    // Truth 0–3, prediction 0: all of the prediction is near, of the truth pixels 0 and 1.
    expect(surfaceOverlap(line('####'), line('#...'))).toEqual({ truth: 0.5, prediction: 1 });
    expect(surfaceOverlap(line('#...'), line('####'))).toEqual({ truth: 1, prediction: 0.5 });
    expect(surfaceOverlap(line('####'), line('#...'), { tolerance: 0 })).toEqual({
      truth: 0.25,
      prediction: 1,
    });
  });

  test('an empty surface has no share, and nothing overlaps it', () => {
    expect(surfaceOverlap(line('....'), line('#...'))).toEqual({ truth: Number.NaN, prediction: 0 });
    expect(surfaceOverlap(line('#...'), line('....'))).toEqual({ truth: 0, prediction: Number.NaN });
  });

  test('its mean by size is the surface Dice', () => {
    const bits = fc
      .array(fc.nat(1), { minLength: 20, maxLength: 20 })
      .map((data) => ({ data, shape: [4, 5] }));
    fc.assert(
      fc.property(bits, bits, fc.constantFrom('pixels', 'contours'), (a, b, surface) => {
        if (!a.data.includes(1) || !b.data.includes(1)) return;
        const { truth, prediction } = surfaceOverlap(a, b, { surface });
        const sides = surfaceDistances(a, b, { surface });
        const size = (weights: Float64Array) => weights.reduce((sum, w) => sum + w, 0);
        const [s, t] = [size(sides.truthToPrediction.weights), size(sides.predictionToTruth.weights)];
        expect((truth * s + prediction * t) / (s + t)).toBeCloseTo(surfaceDice(a, b, { surface }), 10);
      }),
    );
  });
});

describe('pooled percentiles', () => {
  const line = (text: string) => ({ data: [...text].map((c) => Number(c === '#')), shape: [1, text.length] });

  test('medpy: the percentile of both directions as one list', () => {
    // Truth to prediction 0 1 2 3, prediction to truth 0: of 0 0 1 2 3 the median is 1, of each direction 1.5 and 0.
    const [a, b] = [line('####'), line('#...')];
    expect(hausdorffDistance(a, b, { percentile: 50 })).toBe(1.5);
    expect(hausdorffDistance(a, b, { percentile: 50, pooled: true })).toBe(1);
    // NumPy: percentile([0, 0, 1, 2, 3], 95) is 2.8.
    expect(hausdorffDistance(a, b, { percentile: 95, pooled: true })).toBeCloseTo(2.8, 12);
    expect(hausdorffDistance(a, b, { pooled: true })).toBe(3);
  });

  test('go with both directions only', () => {
    expect(() => hausdorffDistance(line('#'), line('#'), { pooled: true, directed: true })).toThrow(
      'hausdorffDistance: pooled (=true) must be false where only one direction is measured (directed).',
    );
  });
});
