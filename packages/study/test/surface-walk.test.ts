import { toParams } from '@segscape/core/params';
import { subset } from '@segscape/data';
import { type Batch, inline, randomDirection, surface } from '@segscape/landscape';
import { decodeSurface } from '@segscape/landscape/hdf5';
import { memoryStorage, openRun } from '@segscape/runs';
import { openSurfaceWalk, parseStudyConfig, type StudyInput, studyRegistry } from '@segscape/study';
import { expectTensors } from '@segscape/testing';
import { dispose } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { lossesObjective } from '../src/grid-objective.js';
import { makeSetup } from '../src/make-setup.js';
import { mapStatistics } from '../src/tasks/batch-statistics.js';
import { heldBatches } from '../src/tasks/surfaces.js';
import { study, tinyStudy } from './tiny-study.js';

const config: StudyInput = {
  ...tinyStudy,
  losses: ['crossEntropy', 'dice'],
  training: { epochs: 2, batchSize: 2 },
  landscape: { resolution: 3, samples: 2, maps: false },
};

describe.each(['running', 'precise'] as const)(
  'surfaces to look from, with %s batch statistics',
  (batchNorm) => {
    const storage = memoryStorage();
    beforeAll(
      () => study(storage, { config: { ...config, training: { ...config.training, batchNorm } } }),
      60_000,
    );

    test('in the middle stands the checkpoint, and the rest is elsewhere', async () => {
      await expectTensors(0, async () => {
        const walk = await openSurfaceWalk(storage);
        expect(walk.images).toHaveLength(2);
        const surface = 'dice-seed-1-epoch-0002';
        const middle = await walk.look({ surface, x: 0, y: 0 }, 0);
        expect(Object.keys(middle.losses)).toEqual(['crossEntropy', 'dice']);
        expect(middle.pictures.map(({ title }) => title)).toEqual([
          'Image',
          'Truth',
          'Prediction',
          'Difference',
          '1 − confidence in the truth',
        ]);
        for (const { png } of middle.pictures) expect([...png.subarray(1, 4)]).toEqual([80, 78, 71]);
        const other = await walk.look({ surface, x: 1, y: -1 }, 0);
        expect(other.image).toBe(middle.image);
        expect(other.losses.dice).not.toBe(middle.losses.dice);
        // Back again it is the same.
        expect((await walk.look({ surface, x: 0, y: 0 }, 0)).losses).toEqual(middle.losses);
        await walk.dispose();
      });
    });

    test('each place has the losses that a surface over the same image has there', async () => {
      const run = await openRun(storage);
      const name = 'dice-seed-1-epoch-0002';
      const { attributes } = await decodeSurface(await run.readLandscape(name));
      const parsed = parseStudyConfig(run.config as StudyInput);
      const setup = await makeSetup(parsed, studyRegistry);
      const { tensors } = await run.loadCheckpoint('dice/seed-1/epoch-0002');
      const weights = Object.entries(tensors).filter(([key]) => key.startsWith('params/'));
      const params = toParams(Object.fromEntries(weights.map(([key, value]) => [key.slice(7), value])));
      const isTrainable = (key: string) => setup.model.isTrainable(key);
      const directions = [0, 1].map((k) =>
        randomDirection(params, { seed: Number(attributes.directionSeed) + k, norm: 'filter', isTrainable }),
      ) as [typeof params, typeof params];
      const held = await heldBatches(setup, 2);
      const context = { config: parsed, setup, registry: studyRegistry, run, jit: {}, signal: undefined };
      const statistics = batchNorm === 'precise' ? mapStatistics(context, held) : undefined;
      const batches: Batch[] = [];
      for await (const { images, labels } of setup.evaluationBatches(subset(setup.test, [1])))
        batches.push({ images, labels });
      const walk = await openSurfaceWalk(storage);
      const events = surface({
        objective: lossesObjective(setup.model, setup.losses),
        params,
        directions,
        x: [-1, 1, 3],
        y: [-1, 1, 3],
        batches,
        runner: inline({}),
        ...(statistics?.batchNorm && { batchNorm: statistics.batchNorm }),
      });
      for await (const event of events) {
        if (event.type !== 'done') continue;
        const { x, y, values } = event.result;
        for (let i = 0; i < 9; i++) {
          const { losses } = await walk.look({ surface: name, x: x[i % 3]!, y: y[Math.floor(i / 3)]! }, 1);
          for (const loss of ['crossEntropy', 'dice'])
            expect(losses[loss]! / values[loss]![i]!, `${loss} at ${i}`).toBeCloseTo(1, 4);
        }
      }
      await walk.dispose();
      await statistics?.dispose();
      dispose([params, ...directions, held, batches] as never);
    });

    test('what is not there is told of', async () => {
      const walk = await openSurfaceWalk(storage);
      await expect(walk.look({ surface: 'dyce-seed-1-epoch-0002', x: 0, y: 0 }, 0)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: "openSurfaceWalk: the run has no surface 'dyce-seed-1-epoch-0002'.",
      });
      const surface = 'dice-seed-1-epoch-0002';
      await expect(walk.look({ surface, x: Number.NaN, y: 0 }, 0)).rejects.toThrow(
        'x (=NaN) must be a finite number',
      );
      await expect(walk.look({ surface, x: 0, y: 0 }, 2)).rejects.toThrow(
        'image (=2) must be an index below 2',
      );
      await walk.dispose();
    });
  },
);
