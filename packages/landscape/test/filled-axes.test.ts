import { isSegscapeError } from '@segscape/core';
import { expect, test } from 'vitest';
import { decodeLine, decodeSurface, encodeLine, encodeSurface } from '../src/hdf5.js';
import {
  barrierHeight,
  type Line,
  type Surface,
  surfaceStatistics,
  toCsv,
  toNpz,
  topology,
  toVtp,
  trust,
} from '../src/index.js';

const axis = Float64Array.of(0, 1, 2);
const surfaceOf = (length: number): Surface => ({
  x: axis,
  y: axis,
  values: { ce: Float32Array.from({ length }, (_, i) => i) },
  attributes: {},
});
const lineOf = (length: number): Line => ({
  x: axis,
  values: { ce: Float32Array.from({ length }, (_, i) => i) },
  attributes: {},
});
const whole = surfaceOf(9);

const ofSurfaces: Readonly<Record<string, (surface: Surface) => unknown>> = {
  encodeSurface,
  toCsv,
  toNpz,
  toVtp,
  topology: (surface) => topology(surface, 'ce'),
  surfaceStatistics: (surface) => surfaceStatistics(surface, 'ce'),
  trust,
  'trust, repeats': (surface) => trust(whole, { repeats: [surface] }),
  'trust, networks': (surface) => trust(whole, { networks: [[surface]] }),
};
const ofLines: Readonly<Record<string, (line: Line) => unknown>> = {
  encodeLine,
  toCsv,
  toNpz,
  barrierHeight: (line) => barrierHeight(line, 'ce'),
};

async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return error;
  }
}

test.each(Object.entries(ofSurfaces))(
  '%s refuses a surface that does not fill its axes',
  async (name, call) => {
    for (const length of [2, 8, 10]) {
      const error = await errorOf(() => call(surfaceOf(length)));
      expect(isSegscapeError(error, 'SHAPE_MISMATCH')).toBe(true);
      expect(String(error)).toContain(`${name.split(',')[0]}: 'ce' has ${length} values for 3 × 3 places.`);
    }
    const map = { min: new Float32Array(9), max: new Float32Array(8) };
    const error = await errorOf(() => call({ ...whole, eigenvalues: map }));
    expect(String(error)).toContain("'max_eig' has 8 values for 3 × 3 places.");
    expect(await errorOf(() => call(whole))).not.toBeInstanceOf(Error);
  },
);

test.each(Object.entries(ofLines))('%s refuses a line that does not fill its axis', async (name, call) => {
  for (const length of [2, 4]) {
    const error = await errorOf(() => call(lineOf(length)));
    expect(isSegscapeError(error, 'SHAPE_MISMATCH')).toBe(true);
    expect(String(error)).toContain(`${name}: 'ce' has ${length} values for 3 places.`);
  }
  expect(await errorOf(() => call(lineOf(3)))).not.toBeInstanceOf(Error);
});

test('what is whole comes back as it was', async () => {
  expect(await decodeSurface(await encodeSurface(whole))).toEqual(whole);
  expect(await decodeLine(await encodeLine(lineOf(3)))).toEqual(lineOf(3));
});
