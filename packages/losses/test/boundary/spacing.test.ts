import type { Raster } from '@segscape/core';
import { boundary, crossEntropy, focal, hausdorff, pixelWeighted, unetWeightMap } from '@segscape/losses';
import { tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { randomLogits } from '../every-loss.js';

const rows = [
  [0, 0, 0, 0, 0],
  [0, 1, 0, 1, 0],
  [0, 1, 0, 1, 0],
];
const mask: Raster = { data: Uint8Array.from(rows.flat()), height: 3, width: 5, channels: 1 };
const labels = tensor([rows], [1, 3, 5], 'int32');
const logits = randomLogits([1, 3, 5, 2], 1);

describe('the pixel size of the mask', () => {
  const spaced: Raster = { ...mask, spacing: [2, 0.5] };
  const without = ({ spacing: _, ...rest }: Raster) => rest;

  test('is what boundary measures in, unless it has its own', () => {
    const own = boundary().prepare?.(spaced).distances?.data;
    expect(own).toEqual(boundary({ spacing: [2, 0.5] }).prepare?.(without(spaced)).distances?.data);
    expect(own).not.toEqual(boundary().prepare?.(without(spaced)).distances?.data);
    const forced = boundary({ spacing: [1, 1] }).prepare?.(spaced).distances?.data;
    expect(forced).toEqual(boundary().prepare?.(without(spaced)).distances?.data);
  });

  test('reaches hausdorff by its prepare', () => {
    const { spacing } = hausdorff().prepare?.(spaced) ?? {};
    const batched = tensor(spacing?.data as Float32Array, [1, 3, 5, 2]);
    for (const form of ['monai', 'kervadec'] as const) {
      const expected = hausdorff({ form, spacing: [2, 0.5] })(labels, logits);
      expect(hausdorff({ form })({ labels, spacing: batched }, logits)).toBeAllclose(expected);
      const pixels = hausdorff({ form })(labels, logits).dataSync()[0] as number;
      expect(Math.abs(pixels - (expected.dataSync()[0] as number))).toBeGreaterThan(0.01);
    }
    expect(new Set(hausdorff().prepare?.(mask).spacing?.data)).toEqual(new Set([1]));
    expect(hausdorff({ spacing: [1, 1] }).prepare).toBeUndefined();
    expect(() => hausdorff()({ labels, spacing: tensor([1, 1, 1], [1, 1, 1, 3]) }, logits)).toThrow(
      "hausdorff: expected spacing [1, 3, 5, 2], got [1, 1, 1, 3]. Batch what the loss's own prepare(mask) gives.",
    );
  });

  test('of another number of axes is refused', () => {
    expect(() => boundary().prepare?.({ ...mask, spacing: [1, 1, 1] })).toThrow(
      'distanceTransform: spacing (=[1,1,1]) must be 2 positive numbers, [y, x].',
    );
  });
});

describe('volumes of three slices', () => {
  const depth = 3;
  const [height, width] = [3, 4];
  const at = (z: number, y: number, x: number) => (z * height + y) * width + x;
  const data = new Uint8Array(depth * height * width);
  for (const place of [at(0, 0, 0), at(0, 0, 1), at(2, 2, 3)]) data[place] = 1;
  const volume: Raster = { data, depth, height, width, channels: 1, spacing: [3, 1, 1] };
  const flat = (values: Raster | undefined) => Array.from(values?.data ?? []);
  const places = Array.from(data.keys());
  const far = (a: number, b: number, [z, y, x]: readonly number[]) => {
    const place = (i: number) => [Math.floor(i / 12), Math.floor(i / 4) % 3, i % 4] as const;
    const [p, q] = [place(a), place(b)];
    return Math.hypot((p[0] - q[0]) * z!, (p[1] - q[1]) * y!, (p[2] - q[2]) * x!);
  };
  const least = (i: number, label: number, sizes: readonly number[]) =>
    Math.min(...places.filter((j) => data[j] === label).map((j) => far(i, j, sizes)));

  test("boundary: the distances of a search over all voxels, in the mask's own units", () => {
    const expected = places.map((i) => (data[i] === 1 ? 1 - least(i, 0, [3, 1, 1]) : least(i, 1, [3, 1, 1])));
    const { distances } = boundary().prepare?.(volume) ?? {};
    expect(distances).toMatchObject({ depth, height, width, channels: 1 });
    expect(flat(distances)).toBeAllclose(expected);
  });

  test('hausdorff: one size for each of three axes', () => {
    const { spacing } = hausdorff().prepare?.(volume) ?? {};
    expect(spacing).toMatchObject({ depth, height, width, channels: 3 });
    expect(flat(spacing)).toEqual(places.flatMap(() => [3, 1, 1]));
  });

  test('unetWeightMap: both distances through the slices', () => {
    const objects = [[at(0, 0, 0), at(0, 0, 1)], [at(2, 2, 3)]];
    const expected = places.map((i) => {
      if (data[i] === 1) return 1;
      const [a, b] = objects.map((own) => Math.min(...own.map((j) => far(i, j, [1, 1, 1])))) as [
        number,
        number,
      ];
      return 1 + 10 * Math.exp(-((a + b) ** 2) / 50);
    });
    const loss = pixelWeighted(crossEntropy(), unetWeightMap());
    const { weights } = loss.prepare?.(volume) ?? {};
    expect(weights).toMatchObject({ depth, height, width, channels: 1 });
    expect(flat(weights)).toBeAllclose(expected, { rel: 1e-5 });
  });

  test('what prepare gives is what plain labels give', () => {
    const truth = tensor(Array.from(data), [1, depth, height, width], 'int32');
    const scores = randomLogits([1, depth, height, width, 2], 5);
    const plain: Raster = { data, depth, height, width, channels: 1 };
    for (const loss of [boundary(), pixelWeighted(focal(), unetWeightMap()), hausdorff()]) {
      const prepared = Object.entries(loss.prepare?.(plain) ?? {}).map(([name, raster]) => [
        name,
        tensor(raster.data as Float32Array, [1, depth, height, width, raster.channels]),
      ]);
      const given = { ...Object.fromEntries(prepared), labels: truth };
      expect(loss(given, scores)).toBeAllclose(loss(truth, scores));
    }
  });
});
