import { useBackend } from '@segscape/backend';
import type { Storage } from '@segscape/core';
import { decodeSurface } from '@segscape/landscape/hdf5';
import { memoryStorage, openRun } from '@segscape/runs';
import { runStudy, type StudyInput } from '@segscape/study';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { Walk } from '../src/study/walk.js';

const data = { kind: 'phantom', phantom: 'fundus', count: 8, height: 32, width: 32, seed: 7 };
/** Surfaces over a single training image, so that a look at this image has the surface's own value. */
const study: StudyInput = {
  data,
  model: { kind: 'unet', baseChannels: 4, depth: 2, norm: 'batch' },
  losses: ['crossEntropy', 'dice'],
  training: { epochs: 2, batchSize: 3, optimizer: { kind: 'adam', learningRate: 4e-3 } },
  landscape: { resolution: 3, samples: 1, trust: false, checkpoints: ['end'] },
};
let storage: Storage;
const walk = new Walk(async () => storage);
const look = (from: Parameters<Walk['look']>[0]['from'], picture: number, mapped = 'crossEntropy') =>
  walk.look({ run: 'run', from, picture, data, mapped });

beforeAll(async () => {
  await useBackend('cpu');
  storage = memoryStorage();
  for await (const _ of runStudy(study, { storage }));
}, 240_000);

const surfaceName = 'crossEntropy-seed-1-epoch-0002';

test('at every computed point of a surface a look has the surface’s own losses', async () => {
  const { x, y, values } = await decodeSurface(await (await openRun(storage)).readLandscape(surfaceName));
  const differences: number[] = [];
  for (let picture = 0; picture < data.count; picture++) {
    let largest = 0;
    for (let row = 0; row < y.length; row++)
      for (let column = 0; column < x.length; column++) {
        const place = { surface: surfaceName, x: x[column]!, y: y[row]! };
        const { seen } = await look(place, picture);
        for (const [loss, grid] of Object.entries(values)) {
          const there = grid[row * x.length + column]!;
          largest = Math.max(largest, Math.abs(seen.values[loss]! - there) / Math.max(1, Math.abs(there)));
        }
      }
    differences.push(largest);
  }
  // The image that the surface was drawn with is among them; no other agrees.
  expect(differences.filter((difference) => difference < 1e-4)).toHaveLength(1);
});
test('the map of a loss that is a mean over pixels has its value as its mean; the other loss has none', async () => {
  const place = { surface: surfaceName, x: 0, y: 0 };
  const { seen, pictures, own } = await look(place, 1);
  expect([pictures, own, seen.mostLoss! > seen.values.crossEntropy!]).toEqual([8, true, true]);
  expect((await look(place, 1, 'dice')).seen.lossMap).toBeUndefined();
});
test('a training’s end is what its surface lies around, and its first weights are others', async () => {
  const middle = (await look({ surface: surfaceName, x: 0, y: 0 }, 0)).seen.values;
  const at = (epoch?: number) =>
    look({ loss: 'crossEntropy', seed: 1, ...(epoch !== undefined && { epoch }) }, 0).then(
      ({ seen }) => seen.values,
    );
  expect(await at()).toEqual(middle);
  expect((await at(0)).crossEntropy).not.toBe(middle.crossEntropy);
});
test('looks leave nothing behind, and leaving frees what they kept', async () => {
  const place = (x: number) => ({ surface: surfaceName, x, y: 0.5 });
  await look(place(0), 0);
  const before = memory().numTensors;
  await look(place(0.25), 0);
  expect(memory().numTensors).toBe(before);
  await walk.leave();
  expect(memory().numTensors).toBeLessThan(before);
});
