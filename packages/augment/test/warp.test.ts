import '@segscape/testing';
import {
  affineField,
  type BorderMode,
  borderModes,
  cropRaster,
  fieldFrom,
  gaussianFilter,
  padRaster,
  splineCoefficients,
  volumeFieldFrom,
  warp,
  warpAdjoint,
} from '@segscape/augment';
import { random } from '@segscape/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const rng = random(1);
const picture = (height: number, width: number, channels = 1) => ({
  data: Float32Array.from({ length: height * width * channels }, () => rng.normal()),
  height,
  width,
  channels,
});
const wild = (height: number, width: number, reach: number) =>
  fieldFrom(height, width, () => [reach * rng.normal(), reach * rng.normal()]);
const line = (...values: number[]) => ({
  data: Float32Array.from(values),
  height: 1,
  width: values.length,
  channels: 1,
});
const shifted = (n: number, dx: number) => fieldFrom(1, n, () => [0, dx]);

const orders = [0, 1, 2, 3, 4, 5] as const;

describe('warp', () => {
  test('half a pixel to the right, linear: means of neighbours', () => {
    expect(warp(line(0, 2, 6), shifted(3, 0.5), { mode: 'nearest' }).data).toBeAllclose([1, 4, 6]);
    expect(warp(line(0, 2, 6), shifted(3, 0.5), { mode: 'constant', cval: 9 }).data).toBeAllclose([1, 4, 9]);
    expect(warp(line(0, 2, 6), shifted(3, 0.5), { mode: 'grid-constant', cval: 8 }).data).toBeAllclose([
      1, 4, 7,
    ]);
  });

  test('what lies beyond a b c, two to the left, in every mode', () => {
    const beyond = (mode: BorderMode) =>
      Array.from(warp(line(1, 2, 3), shifted(3, -2), { order: 0, mode }).data);
    expect(beyond('reflect')).toEqual([2, 1, 1]);
    expect(beyond('mirror')).toEqual([3, 2, 1]);
    expect(beyond('nearest')).toEqual([1, 1, 1]);
    expect(beyond('grid-wrap')).toEqual([2, 3, 1]);
    expect(beyond('constant')).toEqual([0, 0, 1]);
    expect(beyond('grid-constant')).toEqual([0, 0, 1]);
  });

  test('a field of zeros changes nothing, at any order and mode', () => {
    const image = picture(6, 5, 3);
    for (const mode of borderModes)
      for (const order of orders) {
        const still = warp(image, wild(6, 5, 0), { order, mode });
        expect(still.data).toBeAllclose(image.data, { abs: 1e-5 });
      }
  });

  test('a cubic spline reproduces a parabola between the pixels', () => {
    const image = line(...Array.from({ length: 40 }, (_, x) => x * x));
    const moved = warp(image, shifted(40, 0.3), { order: 3, mode: 'mirror' });
    expect(moved.data[20]).toBeCloseTo(20.3 * 20.3, 3);
  });

  test('the quick way inside agrees with the careful way at the border', () =>
    fc.assert(
      fc.property(
        fc.constantFrom(...borderModes),
        fc.constantFrom(0 as const, 1 as const),
        fc.integer(),
        (mode, order, seed) => {
          // Padding by hand, so that every pixel is inside, must give what the border mode gives.
          if (mode === 'wrap' || mode === 'constant') return;
          const own = random(seed);
          const image = picture(7, 6, 2);
          const field = fieldFrom(7, 6, () => [6 * own.uniform() - 3, 6 * own.uniform() - 3]);
          const direct = warp(image, field, { order, mode, cval: 2 });
          const margin = 4;
          const padded = padRaster(image, [margin, margin, margin, margin], { mode, cval: 2 });
          const wide = fieldFrom(15, 14, (y, x) => {
            const [i, j] = [y - margin, x - margin];
            return i >= 0 && j >= 0 && i < 7 && j < 6 ? [field.dy[i * 6 + j]!, field.dx[i * 6 + j]!] : [0, 0];
          });
          const inside = cropRaster(warp(padded, wide, { order, mode: 'nearest' }), [margin, margin], [7, 6]);
          expect(inside.data).toBeAllclose(direct.data, { abs: 1e-5 });
        },
      ),
      { numRuns: 60 },
    ));

  test('integers are rounded and clamped: a spline overshoots an edge, 255 does not become 0', () => {
    const edge = { data: Uint8Array.of(0, 0, 0, 255, 255, 255), height: 1, width: 6, channels: 1 };
    const moved = warp(edge, shifted(6, 0.4), { order: 3, mode: 'nearest' });
    expect(moved.data).toBeInstanceOf(Uint8Array);
    expect(moved.data[3]).toBe(255);
    expect(moved.data[1]).toBe(0);
    const signed = { data: Int16Array.of(-3, -4), height: 1, width: 2, channels: 1 };
    expect(warp(signed, shifted(2, 0.25), { mode: 'nearest' }).data[0]).toBe(-3);
  });

  test('the result has the field’s size and the picture’s channels', () => {
    expect(warp(picture(9, 8, 3), wild(4, 5, 1))).toMatchObject({ height: 4, width: 5, channels: 3 });
  });

  test('mistakes are named', () => {
    const image = picture(2, 2);
    expect(() => warp(image, wild(2, 2, 1), { order: 6 as 1 })).toThrow(
      'warp: order (=6) must be in [0, 5].',
    );
    expect(() => warp(image, wild(2, 2, 1), { mode: 'edge' as 'nearest' })).toThrow(
      "warp: mode (='edge') must be one of 'reflect', 'mirror',",
    );
    expect(() =>
      warp(image, { height: 2, width: 2, dy: new Float32Array(4), dx: new Float32Array(3) }),
    ).toThrow('warp: a field of [2, 2] needs 4 values each of dy and dx, got 4 and 3.');
  });
});

describe('warpAdjoint', () => {
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);

  test('⟨warp(x), g⟩ = ⟨x, warpAdjoint(g)⟩, at every order and mode', () => {
    for (const mode of borderModes)
      for (const order of orders) {
        const [x, g, field] = [picture(7, 6, 2), picture(5, 8, 2), wild(5, 8, 3)];
        const forward = dot(warp(x, field, { order, mode }).data, g.data);
        const backward = dot(x.data, warpAdjoint(g, field, [7, 6], { order, mode }).data);
        expect(forward, `${mode} ${order}`).toBeCloseTo(backward, 3);
      }
  });

  test('also of volumes, moved in three dimensions or slice by slice', () => {
    const volume = (depth: number, height: number, width: number) => ({
      ...picture(depth * height, width),
      depth,
      height,
    });
    for (const mode of borderModes)
      for (const order of orders) {
        const x = volume(4, 5, 3);
        const [g, same] = [volume(3, 4, 6), volume(4, 4, 6)];
        const space = volumeFieldFrom(3, 4, 6, () => [rng.normal(), 2 * rng.normal(), 2 * rng.normal()]);
        const plane = wild(4, 6, 2);
        const options = { order, mode };
        expect(dot(warp(x, space, options).data, g.data), `${mode} ${order}`).toBeCloseTo(
          dot(x.data, warpAdjoint(g, space, [4, 5, 3], options).data),
          3,
        );
        for (const size of [[5, 3] as const, [4, 5, 3] as const])
          expect(dot(warp(x, plane, options).data, same.data), `${mode} ${order}`).toBeCloseTo(
            dot(x.data, warpAdjoint(same, plane, size, options).data),
            3,
          );
      }
  });

  test('sizes that do not belong together are named', () => {
    const [flat, field] = [picture(4, 6), wild(4, 6, 1)];
    const space = volumeFieldFrom(2, 4, 6, () => [0, 0, 0]);
    const volume = { ...picture(8, 6), depth: 2, height: 4 };
    const message = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return (error as Error).message;
      }
      return 'nothing';
    };
    expect(message(() => warpAdjoint(flat, wild(3, 3, 1), [4, 6]))).toBe(
      "warpAdjoint: expected a gradient of the field's size [3, 3], got [4, 6].",
    );
    expect(message(() => warpAdjoint(flat, space, [2, 4, 6]))).toBe(
      "warpAdjoint: expected a gradient of the field's size [2, 4, 6], got [4, 6].",
    );
    expect(message(() => warpAdjoint(volume, space, [4, 6]))).toBe(
      'warpAdjoint: size (=[4,6]) must be [depth, height, width] for a field with depth.',
    );
    expect(message(() => warpAdjoint(volume, field, [3, 4, 6]))).toBe(
      "warpAdjoint: size (=[3,4,6]) must be of the gradient's depth for a field of a plane, got a gradient of [2, 4, 6].",
    );
    expect(message(() => warpAdjoint(flat, field, [4] as never))).toBe(
      'warpAdjoint: size (=[4]) must have at least 2 entries, got 1.',
    );
  });
});

describe('splineCoefficients', () => {
  test('(c[i−1] + 4 c[i] + c[i+1]) / 6 gives the values back', () => {
    for (const mode of ['mirror', 'reflect', 'grid-wrap'] as const) {
      const image = line(3, 1, 4, 1, 5, 9, 2, 6);
      const c = splineCoefficients(image, mode).data;
      const at = (i: number) => padRaster({ ...image, data: c }, [0, 0, 1, 1], { mode }).data[i + 1]!;
      const back = Array.from({ length: 8 }, (_, i) => (at(i - 1) + 4 * at(i) + at(i + 1)) / 6);
      expect(back).toBeAllclose(image.data, { abs: 1e-5 });
    }
  });

  test('a spline of any order goes through every pixel of the shortest lines, in every mode', () => {
    for (const mode of borderModes)
      for (const order of orders)
        for (let n = 1; n <= 9; n++) {
          const image = { ...line(...Array.from({ length: n }, () => rng.normal())) };
          const still = warp(image, shifted(n, 0), { order, mode });
          expect(still.data, `${mode} ${order} ${n}`).toBeAllclose(image.data, { abs: 1e-5 });
        }
  });
});

describe('gaussianFilter', () => {
  test('keeps a constant, and the sum of a point', () => {
    const flat = { data: new Float32Array(49).fill(3), height: 7, width: 7, channels: 1 };
    expect(gaussianFilter(flat, { sigma: 2 }).data).toBeAllclose(flat.data);
    const point = { ...flat, data: new Float32Array(49) };
    point.data[24] = 1;
    const sum = Array.from(gaussianFilter(point, { sigma: 0.7 }).data).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(1, 4);
    expect(() => gaussianFilter(flat, { sigma: -1 })).toThrow(
      'gaussianFilter: sigma (=-1) must be at least 0, in pixels.',
    );
  });

  test('a sigma of 0 is the identity, on every axis or on one', () => {
    const image = picture(5, 6, 2);
    expect(gaussianFilter(image, { sigma: 0 })).toEqual(image);
    expect(gaussianFilter(image, { sigma: 0 }).data).not.toBe(image.data);
    const rows = gaussianFilter(image, { sigma: [0, 1] });
    const first = gaussianFilter(cropRaster(image, [0, 0], [1, 6]), { sigma: [0, 1] });
    expect(rows.data.slice(0, 12)).toEqual(first.data);
  });
});

describe('affineField', () => {
  test('a quarter turn counter-clockwise takes the right edge to the top', () => {
    const image = { data: Float32Array.of(1, 2, 3, 4), height: 2, width: 2, channels: 1 };
    const turned = warp(image, affineField(2, 2, { degrees: 90 }), { order: 1, mode: 'nearest' });
    expect(turned.data).toBeAllclose([2, 4, 1, 3], { abs: 1e-5 });
  });

  test('translate moves down and right', () => {
    const image = { data: Float32Array.of(1, 2, 3, 4), height: 2, width: 2, channels: 1 };
    const moved = warp(image, affineField(2, 2, { translate: [1, 0] }), { order: 0, mode: 'constant' });
    expect(moved.data).toBeAllclose([0, 0, 1, 2]);
  });
});
