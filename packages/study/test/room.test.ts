import { memoryStorage, openRun } from '@segscape/runs';
import type { StudyInput } from '@segscape/study';
import { describe, expect, test } from 'vitest';
import { type Bytes, study, text, tinyStudy } from './tiny-study.js';

const thin: StudyInput = {
  ...tinyStudy,
  losses: ['dice'],
  training: { epochs: 3, batchSize: 2, seeds: [1, 2], keep: 'weights' },
  landscape: { resolution: 3, samples: 2, maps: false },
};
const whole: StudyInput = { ...thin, training: { epochs: 3, batchSize: 2, seeds: [1, 2] } };

const withRoom = (bytes: number | undefined) =>
  Object.assign(memoryStorage(), { free: async () => bytes }) as Bytes;
const tensorsOf = async (storage: Bytes, name: string) =>
  Object.keys((await (await openRun(storage)).loadCheckpoint(name)).tensors);

describe('a plan and the room for it', () => {
  test('is refused where there is too little, before anything is trained', async () => {
    const storage = withRoom(20_000);
    const events: string[] = [];
    const run = study(storage, {
      config: thin,
      stopAt: ({ type }) => {
        events.push(type);
        return false;
      },
    });
    await expect(run).rejects.toMatchObject({
      code: 'NOT_WRITABLE',
      message: expect.stringMatching(
        /^runStudy: the run will take some [\d.]+ (kB|MB), and 20 kB are free where it is written\. Free some space, .*training\.keep: weights/,
      ),
    });
    expect(events).not.toContain('prepared');
    expect(await storage.list('')).toEqual([]);
  });
});

describe('keep: weights', () => {
  test('keeps weights alone at the epochs of the surfaces, and nothing else changes', async () => {
    const [few, all] = [withRoom(undefined), memoryStorage()];
    const estimates: number[] = [];
    for (const [storage, config] of [
      [few, thin],
      [all, whole],
    ] as const)
      for (const event of await study(storage, { config }))
        if (event.type === 'prepared') estimates.push(event.estimate!.bytes);
    expect(estimates[0]).toBeLessThan(estimates[1]!);
    expect(await few.list('checkpoints')).toEqual(await all.list('checkpoints'));
    const isMoment = (name: string) => name.startsWith('optimizer/');
    for (const seed of [1, 2]) {
      const at = `dice/seed-${seed}/epoch-0003`;
      expect((await tensorsOf(all, at)).some(isMoment)).toBe(true);
      expect((await tensorsOf(few, at)).some(isMoment)).toBe(false);
      expect((await tensorsOf(few, `dice/seed-${seed}/latest`)).some(isMoment)).toBe(true);
    }
    expect(await text(few, 'evaluation.json')).toBe(await text(all, 'evaluation.json'));
    for (const path of await all.list('landscapes'))
      expect(Buffer.compare(await few.read(path), await all.read(path)), path).toBe(0);
  });

  test('goes on from the latest state, or without it from the beginning, to the same end', async () => {
    const whole = memoryStorage();
    await study(whole, { config: thin });
    for (const lost of [false, true]) {
      const storage = memoryStorage();
      await study(storage, {
        config: thin,
        stopAt: (event) => event.type === 'epoch' && event.seed === 1 && event.epoch === 2,
      });
      // Weights are no state to go on from.
      if (lost) await storage.remove('checkpoints/dice/seed-1/latest.safetensors');
      await study(storage, { config: thin, resume: true });
      expect(await text(storage, 'evaluation.json')).toBe(await text(whole, 'evaluation.json'));
    }
  });
});
