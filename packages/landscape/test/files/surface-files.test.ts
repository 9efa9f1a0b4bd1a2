import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSegscapeError } from '@segscape/core';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { decodeSurface, encodeSurface, toCsv, toNpz, toVtp } from '../../src/hdf5.js';
import { inFolder } from './python.js';

const sample = {
  x: Float64Array.of(-1, 0, 1),
  y: Float64Array.of(0, 0.5),
  values: {
    'ce 1:3': Float32Array.of(1, 2, 3, 4, Number.NaN, 6),
    'a/b': Float32Array.of(0, 0, 0, 0, 0, 1),
    x: Float32Array.of(9, 9, 9, 9, 9, 9),
  },
  attributes: { norm: 'filter', seed: 3, losses: 'own', é: 0.5 },
};

describe('HDF5', () => {
  test('gives back places, values, names with slashes, and attributes', async () => {
    expect(await decodeSurface(await encodeSurface(sample))).toEqual(sample);
  });

  test('the same surface gives the same bytes', async () => {
    const first = await encodeSurface(sample);
    // HDF5 notes when an object was made, to the second.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await encodeSurface(sample)).toEqual(first);
  });

  test('h5dump reads it (skipped without hdf5-tools)', async ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'segscape-h5-'));
    try {
      writeFileSync(join(folder, 's.h5'), await encodeSurface(sample));
      let text: string;
      try {
        text = execFileSync('h5dump', ['-d', 'ce 1:3', join(folder, 's.h5')], { encoding: 'utf8' });
      } catch (error) {
        if ((error as { code?: string }).code === 'ENOENT') return skip('h5dump is not installed');
        throw error;
      }
      expect(text).toContain('H5T_IEEE_F32LE');
      expect(text).toContain('(0,0): 1, 2, 3');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('attributes that are not finite come back', async () => {
    const attributes = { worst: Number.POSITIVE_INFINITY, best: Number.NEGATIVE_INFINITY, epoch: Number.NaN };
    const back = await decodeSurface(await encodeSurface({ ...sample, attributes }));
    expect(back.attributes).toEqual(attributes);
  });

  test('a damaged file is CORRUPT_FILE or reads the same, never something else', async () => {
    const bytes = await encodeSurface(sample);
    const outcome = async (damaged: Uint8Array) => {
      try {
        return await decodeSurface(damaged);
      } catch (error) {
        return isSegscapeError(error, 'CORRUPT_FILE') ? 'corrupt' : error;
      }
    };
    let found = 0;
    for (let i = 0; i < bytes.length; i += 37) {
      const damaged = bytes.slice();
      damaged[i]! ^= 0x10;
      const result = await outcome(damaged);
      if (result === 'corrupt') found++;
      else expect(result).toEqual(sample);
    }
    expect(found).toBeGreaterThan(10);
    for (const length of [0, 4, 100, bytes.length >> 1, bytes.length - 1])
      expect(await outcome(bytes.slice(0, length)), `length ${length}`).toBe('corrupt');
  });
});

test('npz holds one npy a loss', () => {
  const files = unzipSync(toNpz(sample));
  expect(Object.keys(files).sort()).toEqual(['a_b.npy', 'ce 1:3.npy', 'x.npy', 'x_.npy', 'y.npy']);
  const npy = files['ce 1:3.npy']!;
  const header = new TextDecoder('latin1').decode(npy.subarray(0, npy.length - 24));
  expect(header).toContain("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
  expect((npy.length - 24) % 64).toBe(0);
  const line = unzipSync(toNpz({ x: sample.x, values: { dice: Float32Array.of(1, 2, 3) }, attributes: {} }));
  expect(Object.keys(line).sort()).toEqual(['dice.npy', 'x.npy']);
  expect(new TextDecoder('latin1').decode(line['dice.npy'])).toContain("'shape': (3,), }");
});

test('the archive passes the checks of Python (skipped without it)', ({ skip }) => {
  inFolder((folder) => {
    const file = join(folder, 's.npz');
    writeFileSync(
      file,
      toNpz({ ...sample, values: { ...sample.values, 'verlust/größe': Float32Array.of(1, 2, 3, 4, 5, 6) } }),
    );
    const check =
      'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), "|".join(z.namelist()))';
    let told: string;
    try {
      told = execFileSync('python3', ['-X', 'utf8', '-c', check, file], { encoding: 'utf8' });
    } catch {
      return skip('no Python is installed');
    }
    expect(told.trim()).toBe('None x.npy|y.npy|ce 1:3.npy|a_b.npy|x_.npy|verlust_größe.npy');
  });
});

test('csv has NaN for what is not finite', () => {
  const dice = Float32Array.of(1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN);
  const text = toCsv({ x: Float64Array.of(0, 1, 2, 3), values: { dice }, attributes: {} });
  expect(text).toBe('x,dice\r\n0,1\r\n1,NaN\r\n2,NaN\r\n3,NaN\r\n');
});

test('vtp leaves out the polygons of undefined points', () => {
  const text = toVtp(sample, { height: 'a/b', maximum: 0.5 });
  expect(text).toContain('NumberOfPoints="6"');
  expect(text).toContain('NumberOfPolys="2"');
  expect(text).toContain('1 0.5 0.5');
  expect(toVtp(sample)).toContain('NumberOfPolys="0"');
  expect(() => toVtp(sample, { height: 'z' })).toThrow("height (='z') must be one of ce 1:3, a/b, x.");
});
