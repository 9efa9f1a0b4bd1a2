import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dispose, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import {
  decodeDirections,
  decodeLine,
  decodeSurface,
  encodeDirections,
  encodeSurface,
} from '../../src/hdf5.js';
import { inFolder, pythonWithHdf5 } from './python.js';

const { python, reason } = pythonWithHdf5();

const surface = {
  x: Float64Array.of(-1, 0, 1),
  y: Float64Array.of(0, 0.5),
  values: { ce: Float32Array.of(1, 2, 3, 4, 5, 6), dice: Float32Array.of(6, 5, 4, 3, 2, 1) },
  attributes: { trainedWith: 'dice' },
};

/** What h5py sees in a file: name → nested lists. */
function seen(bytes: Uint8Array): Record<string, unknown> {
  const program = [
    'import h5py, json, sys',
    'found = {}',
    "f = h5py.File(sys.argv[1], 'r')",
    'def keep(name, o):',
    '    if not isinstance(o, h5py.Dataset): return',
    '    v = o[()]',
    '    found[name] = v.decode() if isinstance(v, bytes) else v.tolist()',
    'for name in f:',
    '    o = f[name]',
    '    keep(name, o)',
    "    if isinstance(o, h5py.Group): [keep(name + '/' + k, o[k]) for k in o]",
    "print(json.dumps(found).replace('NaN', 'null'))",
  ].join('\n');
  return inFolder((folder) => {
    writeFileSync(join(folder, 'a.h5'), bytes);
    return JSON.parse(
      execFileSync(python!, ['-c', program, join(folder, 'a.h5')], { encoding: 'utf8' }),
    ) as Record<string, unknown>;
  });
}

/** A file that a few lines of h5py write. */
const written = (lines: readonly string[]): Uint8Array =>
  inFolder((folder) => {
    const file = join(folder, 'b.h5');
    const program = [
      'import h5py, sys, numpy as np',
      "f = h5py.File(sys.argv[1], 'w')",
      ...lines,
      'f.close()',
    ];
    execFileSync(python!, ['-c', program.join('\n'), file]);
    return new Uint8Array(readFileSync(file));
  });

test.skipIf(python === undefined)(`h5py sees the names of Li et al. ${reason}`, async () => {
  const found = seen(await encodeSurface(surface, { dirFile: 'directions.h5' }));
  expect(found).toMatchObject({
    xcoordinates: [-1, 0, 1],
    ycoordinates: [0, 0.5],
    train_loss: [
      [6, 5, 4],
      [3, 2, 1],
    ],
    train_ce_loss: [
      [1, 2, 3],
      [4, 5, 6],
    ],
    train_acc: [
      [null, null, null],
      [null, null, null],
    ],
    dir_file: 'directions.h5',
    dice: [
      [6, 5, 4],
      [3, 2, 1],
    ],
  });
  const tested = seen(await encodeSurface(surface, { trainedWith: 'ce', accuracy: 'dice', set: 'test' }));
  expect(tested.test_loss).toEqual(found.train_ce_loss);
  expect(tested.test_acc).toEqual(found.train_loss);
});

test.skipIf(python === undefined)(`h5py sees directions in PyTorch's axes ${reason}`, async () => {
  // Element [h, w, in, out] of the kernel is 1000h + 100w + 10in + out.
  const kernel = tensor(
    Array.from({ length: 24 }, (_, i) => {
      const [h, w, input, output] = [Math.floor(i / 12), Math.floor(i / 6) % 2, Math.floor(i / 2) % 3, i % 2];
      return 1000 * h + 100 * w + 10 * input + output;
    }),
    [2, 2, 3, 2],
  );
  const direction = {
    kernel,
    bias: tensor([1, 2]),
    dense: tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]),
  };
  const found = seen(await encodeDirections([direction, direction]));
  const oihw = found['ydirection/0'] as number[][][][];
  expect([oihw.length, oihw[0]!.length, oihw[0]![0]!.length]).toEqual([2, 3, 2]);
  expect(oihw[1]![2]![0]![1]).toBe(121);
  expect(found['xdirection/1']).toEqual([1, 2]);
  expect(found['xdirection/2']).toEqual([
    [1, 4],
    [2, 5],
    [3, 6],
  ]);
  dispose(direction);
});

test.skipIf(python === undefined)(`files in the form of Li et al.'s code are read ${reason}`, async () => {
  // Theirs is shaped [nx, ny], and filled in the order of a mesh [ny, nx].
  const theirs = await decodeSurface(
    written([
      "f['dir_file'] = 'd.h5'",
      "f['xcoordinates'] = np.linspace(-1, 1, 3)",
      "f['ycoordinates'] = np.linspace(0, 1, 2)",
      "f['train_loss'] = np.array([1., 2, 3, 4, 5, -1]).reshape(3, 2)",
      "f['train_acc'] = np.full((3, 2), 50.)",
    ]),
  );
  expect(theirs.x).toEqual(Float64Array.of(-1, 0, 1));
  expect(theirs.values.train_loss).toEqual(Float32Array.of(1, 2, 3, 4, 5, Number.NaN));
  expect(theirs.attributes).toEqual({ dirFile: 'd.h5' });

  const half = await decodeLine(
    written([
      "f['xcoordinates'] = np.array([0., 1, 2])",
      "f['train_loss'] = np.array([3., 4, -1])",
      "f['max_eig'] = np.array([-5., 2, -1])",
      "f['min_eig'] = np.array([-7., -1, 1])",
    ]),
  );
  // `plot_hessian_eigen` begins with 1 as the smallest and −1 as the largest.
  expect(half.eigenvalues).toEqual({
    min: Float32Array.of(-7, -1, Number.NaN),
    max: Float32Array.of(-5, 2, Number.NaN),
  });

  const line = await decodeLine(
    written(["f['xcoordinates'] = np.array([0., 1])", "f['train_loss'] = np.array([3., 4])"]),
  );
  expect(line).toEqual({
    x: Float64Array.of(0, 1),
    values: { train_loss: Float32Array.of(3, 4) },
    attributes: {},
  });

  const bytes = written([
    "g = f.create_group('xdirection')",
    "g.create_dataset('0', data=np.arange(24, dtype='f4').reshape(2, 3, 2, 2))",
    "g.create_dataset('1', data=np.array([7, 8], dtype='f4'))",
  ]);
  const like = { kernel: tensor(new Float32Array(24), [2, 2, 3, 2]), bias: tensor([0, 0]) };
  const [direction] = await decodeDirections(bytes, { like });
  expect(Object.keys(direction!)).toEqual(['kernel', 'bias']);
  expect(direction!.kernel!.shape).toEqual([2, 2, 3, 2]);
  // [h, w, in, out] = [0, 1, 2, 1] is member [1, 2, 0, 1], number 12 + 8 + 1.
  expect(direction!.kernel!.arraySync()).toHaveProperty('0.1.2.1', 21);
  dispose([like, direction] as unknown as Tensor[]);
});
