import '@segscape/testing';
import {
  type BorderMode,
  type DisplacementField,
  gaussianFilter,
  type Order,
  splineCoefficients,
  warp,
} from '@segscape/augment';
import type { Raster } from '@segscape/core';
import { describe, expect, test } from 'vitest';
import scipy from './fixtures/scipy.json' with { type: 'json' };

interface Block {
  readonly shape: readonly number[];
  readonly size: readonly number[];
  readonly image: readonly number[];
  readonly moves: readonly (readonly number[])[];
  readonly cval: number;
  readonly step: number;
  readonly sigma: { readonly each: readonly number[]; readonly all: number };
  readonly warp: Readonly<Record<string, readonly number[]>>;
  readonly spline: Readonly<Record<string, readonly number[]>>;
  readonly gaussian: Readonly<Record<string, readonly number[]>>;
}

const extent = (shape: readonly number[]) =>
  shape.length === 3
    ? { depth: shape[0]!, height: shape[1]!, width: shape[2]! }
    : { height: shape[0]!, width: shape[1]! };

/** Two channels, the second the first's double: what one gives, the other doubles. */
function raster({ shape, image }: Block): Raster {
  const data = Float32Array.from(image.flatMap((value) => [value, 2 * value]));
  return { data, ...extent(shape), channels: 2 };
}

function field({ size, moves }: Block): DisplacementField {
  const [dx, dy, dz] = moves.map((axis) => Float64Array.from(axis)).reverse();
  return { ...extent(size), ...(dz && { dz }), dy: dy!, dx: dx! };
}

const first = (moved: Raster) => moved.data.filter((_, i) => i % 2 === 0);
const second = (moved: Raster) => moved.data.filter((_, i) => i % 2 === 1);
const every = (step: number, values: Raster['data']) => values.filter((_, i) => i % step === 0);

// The results are float32; the sums before them are doubles.
const tolerance = { abs: 2e-6, rel: 1e-6 };

describe.each(['plane', 'volume'] as const)('on a %s, as scipy', (which) => {
  const block: Block = scipy[which];

  test.each(Object.entries(block.warp))('map_coordinates: warp, %s', (name, expected) => {
    const [mode, order] = name.split(' ') as [BorderMode, string];
    const options = { mode, order: Number(order) as Order, cval: block.cval };
    const moved = warp(raster(block), field(block), options);
    expect(first(moved)).toBeAllclose(expected, tolerance);
    const doubled = warp(raster(block), field(block), { ...options, cval: 2 * block.cval });
    expect(second(doubled)).toBeAllclose(
      expected.map((value) => 2 * value),
      { abs: 4e-6, rel: 1e-6 },
    );
  });

  test.each(Object.entries(block.spline))('spline_filter: splineCoefficients, %s', (name, expected) => {
    const [mode, order] = name.split(' ') as [BorderMode, string];
    const found = splineCoefficients(raster(block), mode, Number(order) as Order);
    expect(every(block.step, first(found))).toBeAllclose(expected, { abs: 2e-6, rel: 1e-6 });
  });

  test.each(Object.entries(block.gaussian))('gaussian_filter: gaussianFilter, %s', (name, expected) => {
    const [mode, which] = name.split(' ') as [BorderMode, 'each' | 'all'];
    const options = { mode, sigma: block.sigma[which], cval: block.cval };
    expect(every(block.step, first(gaussianFilter(raster(block), options)))).toBeAllclose(
      expected,
      tolerance,
    );
  });
});

/** SciPy's filter adds to the first value of a reflected line while it still reads it, so that its spline misses the pixels of short lines. */
test('two reflected pixels, by hand: 5a + b and a + 5b are six times what is there', () => {
  const line = { data: Float32Array.of(1, 0), height: 1, width: 2, channels: 1 };
  expect(splineCoefficients(line, 'reflect', 3).data).toBeAllclose([1.25, -0.25], { abs: 1e-7 });
});
