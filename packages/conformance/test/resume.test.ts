import { useBackend } from '@segscape/backend';
import { memoryStorage } from '@segscape/runs';
import { type EnvironmentRecord, type RunStudyOptions, runStudy } from '@segscape/study';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { job } from '../src/study-job/job.js';

afterAll(() => setBackend('cpu'));

/** Of smaller images: most of it is computed without a compiler. */
const config = {
  ...job,
  data: { ...job.data, height: 16, width: 16 },
  losses: job.losses.slice(0, 1),
  training: { ...job.training, epochs: 3 },
};

/** Runs the job, or goes on with it; gives the losses on the test images by epoch, those of this start only. */
async function run(
  options: Omit<RunStudyOptions, 'signal'>,
  stopAfter = Number.POSITIVE_INFINITY,
): Promise<Map<number, number>> {
  const controller = new AbortController();
  const losses = new Map<number, number>();
  for await (const event of runStudy(config, { ...options, signal: controller.signal })) {
    if (event.type !== 'epoch') continue;
    losses.set(event.epoch, event.measures.test!.loss!);
    if (event.epoch === stopAfter) controller.abort();
  }
  return losses;
}

describe('a run started on wasm', () => {
  let whole: ReadonlyMap<number, number>;
  beforeAll(async () => {
    await useBackend('cpu');
    whole = await run({ storage: memoryStorage(), jit: { executor: 'onnxruntime' } });
  });

  test.each([
    ['cpu', 'eager'],
    ['cpu', 'onnxruntime'],
  ] as const)(
    'goes on on %s, %s, to the losses it would have had, and its record says so',
    async (next, executor) => {
      const storage = memoryStorage();
      await useBackend('wasm', { threads: 1 });
      const started = await run({ storage, jit: { executor: 'eager' } }, 1);
      expect([...started.keys()]).toEqual([0, 1]);

      await useBackend(next);
      const before = memory().numTensors;
      const resumed = await run({ storage, jit: { executor }, resume: true });
      expect([...resumed.keys()]).toEqual([2, 3]);
      for (const [epoch, loss] of [...started, ...resumed])
        expect(Math.abs(loss - whole.get(epoch)!) / whole.get(epoch)!, `epoch ${epoch}`).toBeLessThan(1e-3);
      expect(memory().numTensors).toBe(before);

      const record = JSON.parse(
        new TextDecoder().decode(await storage.read('environment.json')),
      ) as EnvironmentRecord[];
      expect(record.map(({ backend, executor: how }) => `${backend} ${how}`)).toEqual([
        'wasm eager',
        `${next} ${executor}`,
      ]);
    },
  );
});
