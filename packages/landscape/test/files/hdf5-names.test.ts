import type { Params } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import { dispose, type Tensor, tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeDirections,
  decodeLine,
  decodeSurface,
  decodeTrajectory,
  encodeDirections,
  encodeLine,
  encodeSurface,
  encodeTrajectory,
  toCsv,
} from '../../src/hdf5.js';
import type { Line, Surface } from '../../src/index.js';

const surfaceOf = (labels: readonly string[], attributes = {}): Surface => ({
  x: Float64Array.of(-1, 0, 1),
  y: Float64Array.of(0, 0.5),
  values: Object.fromEntries(
    labels.map((label, k) => [label, Float32Array.from({ length: 6 }, (_, i) => i + k)]),
  ),
  attributes,
});

test('any label, those of Li et al. too, comes back', () =>
  fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(
        fc.oneof(
          fc.constantFrom('train_loss', 'x', 'xcoordinates', 'train_acc', 'min_eig', 'a/b', 'a_b', '..', ''),
          fc.string({ maxLength: 6 }).filter((s) => !s.includes('\0')),
        ),
        { minLength: 1, maxLength: 5 },
      ),
      async (labels) => {
        const surface = surfaceOf(labels);
        expect(await decodeSurface(await encodeSurface(surface))).toEqual(surface);
      },
    ),
    { numRuns: 40 },
  ));

test.each([
  ['a lone surrogate', '\ud800'],
  ['a NUL', 'di\0ce'],
])('%s in a label, an attribute or a path is refused before anything is written', async (_name, text) => {
  await expect(encodeSurface(surfaceOf([text]))).rejects.toMatchObject({ code: 'BAD_OPTION' });
  await expect(encodeSurface(surfaceOf(['dice'], { [text]: 1 }))).rejects.toMatchObject({
    code: 'BAD_OPTION',
  });
  await expect(encodeSurface(surfaceOf(['dice'], { note: text }))).rejects.toMatchObject({
    code: 'BAD_OPTION',
  });
  await expect(encodeSurface(surfaceOf(['dice']), { dirFile: text })).rejects.toMatchObject({
    code: 'BAD_OPTION',
  });
  const kept = surfaceOf(['dice 😀'], { größe: 1 });
  expect(await decodeSurface(await encodeSurface(kept))).toEqual(kept);
});

test('a loss that is not there is named', async () => {
  await expect(encodeSurface(surfaceOf(['dice', 'ce']), { trainedWith: 'focal' })).rejects.toThrow(
    "encodeSurface: trainedWith (='focal') must be one of the values, dice, ce.",
  );
  await expect(encodeSurface(surfaceOf(['dice']), { set: 'all' as 'test' })).rejects.toThrow(
    "set (='all') must be 'train', 'val' or 'test'",
  );
});

test('a line and its eigenvalues come back, and a line is not taken for a surface', async () => {
  const line: Line = {
    x: Float64Array.of(-0.5, 0, 0.25),
    values: { dice: Float32Array.of(1, 0, Number.NaN), ce: Float32Array.of(3, 2, 1) },
    eigenvalues: { min: Float32Array.of(-1, 0, 1), max: Float32Array.of(4, 5, 6) },
    attributes: { trainedWith: 'ce' },
  };
  const bytes = await encodeLine(line);
  expect(await decodeLine(bytes)).toEqual(line);
  await expect(decodeSurface(bytes)).rejects.toThrow(
    'decodeSurface: the file holds a line; read it with decodeLine.',
  );
  await expect(decodeLine(await encodeSurface(surfaceOf(['dice'])))).rejects.toMatchObject({
    code: 'UNSUPPORTED_FORMAT',
  });
});

test('values that do not fill the axes are refused, and options that there are not', async () => {
  const surface = surfaceOf(['dice']);
  await expect(encodeSurface({ ...surface, x: Float64Array.of(1, 2) })).rejects.toThrow(
    "encodeSurface: 'dice' has 6 values for 2 × 2 places.",
  );
  const eigenvalues = { min: new Float32Array(5), max: new Float32Array(6) };
  await expect(encodeSurface({ ...surface, eigenvalues })).rejects.toThrow("'min_eig' has 5 values");
  const misspelt = { trainedwith: 'dice' } as object;
  const like = weights();
  const path = { directions: [like, like], points: [[0, 0]], explainedVariance: [], singularValues: [] };
  const none = new Uint8Array();
  for (const [name, call] of Object.entries({
    encodeSurface: () => encodeSurface(surface, misspelt),
    encodeLine: () => encodeLine({ ...surface, values: {} }, misspelt),
    encodeDirections: () => encodeDirections([like], misspelt),
    encodeTrajectory: () => encodeTrajectory(path, misspelt),
    decodeDirections: () => decodeDirections(none, misspelt),
    decodeTrajectory: () => decodeTrajectory(none, misspelt),
  }))
    await expect(call(), name).rejects.toThrow(`${name}: 'trainedwith' is not an option; `);
  dispose(like);
});

test('a surface keeps its eigenvalues', async () => {
  const surface = {
    ...surfaceOf(['dice']),
    eigenvalues: { min: new Float32Array(6).fill(-1), max: new Float32Array(6).fill(2) },
  };
  expect(await decodeSurface(await encodeSurface(surface))).toEqual(surface);
});

const weights = (): Params => ({
  kernel: tensor(
    Array.from({ length: 2 * 3 * 4 * 5 }, (_, i) => i),
    [2, 3, 4, 5],
  ),
  bias: tensor([1, 2, 3, 4, 5]),
  dense: tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]),
});
test('directions come back in our axes, with zeros where one left a parameter out', async () => {
  const dx = weights();
  const dy = { kernel: dx.kernel! };
  const bytes = await encodeDirections([dx, dy], { params: dx });
  const [x, y] = (await expectTensors(6, () => decodeDirections(bytes))) as [Params, Params];
  expect(Object.keys(x)).toEqual(['kernel', 'bias', 'dense']);
  for (const name of Object.keys(dx)) expect(x[name]).toBeAllclose(dx[name]!, { abs: 0, rel: 0 });
  expect(y.kernel).toBeAllclose(dx.kernel!, { abs: 0, rel: 0 });
  expect(y.dense).toBeAllclose([
    [0, 0, 0],
    [0, 0, 0],
  ]);
  await expect(decodeDirections(bytes, { like: dy })).rejects.toThrow(
    'the file has 3 members, like has 1 parameters',
  );
  await expect(encodeDirections([dx, dx, dx])).rejects.toThrow('expected one direction or two, got 3');
  await expect(encodeDirections([dx], { params: dy })).rejects.toThrow(
    "'bias' of a direction is [5], of params missing",
  );
  await expect(decodeDirections(await encodeSurface(surfaceOf(['dice'])))).rejects.toMatchObject({
    code: 'CORRUPT_FILE',
  });
  dispose([dx, x, y] as unknown as Tensor[]);
});

test('a path comes back with its directions', async () => {
  const directions = [weights(), weights()];
  const path = {
    directions,
    points: [
      [1, 2],
      [3, 4],
      [0, 0],
    ],
    explainedVariance: [0.75, 0.2],
    singularValues: [3, 1],
  };
  const { directions: read, ...facts } = await decodeTrajectory(await encodeTrajectory(path));
  const { directions: _, ...expected } = path;
  expect(facts).toEqual(expected);
  expect(read[1]!.kernel).toBeAllclose(directions[1]!.kernel!);
  await expect(encodeTrajectory({ ...path, points: [[1]] })).rejects.toThrow(
    'expected points of two coordinates, got 1',
  );
  dispose([directions, read] as unknown as Tensor[]);
});

test('CSV has a row for each place, and quotes what must be', () => {
  const lines = toCsv(surfaceOf(['dice', 'ce "1,3"'])).split('\r\n');
  expect(lines).toHaveLength(8);
  expect(lines[0]).toBe('x,y,dice,"ce ""1,3"""');
  expect(lines[4]).toBe('-1,0.5,3,4');
  const line = { x: Float64Array.of(1), values: { dice: Float32Array.of(Number.NaN) }, attributes: {} };
  expect(toCsv(line)).toBe('x,dice\r\n1,NaN\r\n');
});
