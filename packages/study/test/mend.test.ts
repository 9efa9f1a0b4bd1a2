import { isSegscapeError } from '@segscape/core';
import { memoryStorage, openRun } from '@segscape/runs';
import { openPredictor } from '@segscape/study';
import { beforeAll, describe, expect, test } from 'vitest';
import { copyOf, study, text, tinyStudy } from './tiny-study.js';

const config = { ...tinyStudy, landscape: { resolution: 2, samples: 1 } };
const whole = memoryStorage();

beforeAll(async () => {
  await study(whole, { config });
});

/** Files of which two equal runs differ: what the machine and the clock say. */
const receipts = /^(environment\.json|report\.json|report\.html|manifest\.|tensorboard\/)/;

const expectWhole = async (storage: ReturnType<typeof memoryStorage>) => {
  const paths = (await whole.list('')).filter((path) => !receipts.test(path));
  expect((await storage.list('')).filter((path) => !receipts.test(path))).toEqual(paths);
  for (const path of paths)
    expect(Buffer.compare(await storage.read(path), await whole.read(path)), path).toBe(0);
};

/** The middle byte of a file changed, below the notice of any format. */
async function flip(storage: ReturnType<typeof memoryStorage>, path: string) {
  const bytes = (await storage.read(path)).slice();
  bytes[bytes.length >> 1]! ^= 1;
  await storage.write(path, bytes);
}

describe('a damaged run', () => {
  test('two equal studies are equal byte by byte, the machine’s receipts aside', async () => {
    const other = memoryStorage();
    await study(other, { config });
    await expectWhole(other);
  });

  test.each([
    'landscapes/dice-seed-1-epoch-0001.h5',
    'evaluation.json',
    'model.json',
    'report.json',
    'checkpoints/dice/seed-1/latest.safetensors',
    'checkpoints/dice/seed-1/epoch-0000.safetensors',
  ])('%s changed by a bit, or gone, is told of and made again', async (path) => {
    for (const damage of ['flip', 'remove'] as const) {
      const storage = await copyOf(whole);
      if (damage === 'flip') await flip(storage, path);
      else await storage.remove(path);
      expect((await (await openRun(storage)).validate()).map((problem) => problem.path)).toEqual([path]);
      const events = await study(storage, { config, resume: true });
      expect(events.find(({ type }) => type === 'notice')).toMatchObject({
        message: expect.stringContaining(`'${path}' is ${damage === 'flip' ? 'damaged' : 'missing'}`),
      });
      // Weights that nothing is to be made of any more are not trained again for their own sake.
      if (path.endsWith('epoch-0000.safetensors')) continue;
      await expectWhole(storage);
      expect(await (await openRun(storage)).validate()).toEqual([]);
    }
  });

  test('weights that a surface is still to be drawn around are trained again', async () => {
    const storage = await copyOf(whole);
    await flip(storage, 'checkpoints/dice/seed-1/epoch-0000.safetensors');
    await storage.remove('landscapes/dice-seed-1-epoch-0000.h5');
    await study(storage, { config, resume: true });
    await expectWhole(storage);
  });

  test('a picture changed by a bit is drawn again, and so are the scores', async () => {
    const storage = await copyOf(whole);
    const path = (await storage.list('maps'))[0]!;
    await flip(storage, path);
    await study(storage, { config, resume: true });
    await expectWhole(storage);
  });

  test.each([
    ['config.yaml', 'epochs: 2', 'epochs: 3'],
    ['history.csv', 'dice,1,0,1,test', 'dice,1,0,1,tesu'],
  ])(
    '%s changed cannot be made again: the run is refused, by resume and by the report',
    async (path, from, to) => {
      const storage = await copyOf(whole);
      await storage.write(path, (await text(storage, path)).replace(from, to));
      const error = await study(storage, { config, resume: true }).catch((caught: unknown) => caught);
      expect(isSegscapeError(error, 'CORRUPT_FILE')).toBe(true);
      expect((error as Error).message).toContain(`'${path}' is damaged`);
    },
  );

  test('everything that is wrong is told of at once', async () => {
    const storage = await copyOf(whole);
    for (const path of ['evaluation.json', 'landscapes/dice-seed-1-epoch-0001.h5', 'model.json'])
      await flip(storage, path);
    const events = await study(storage, { config, resume: true });
    expect(events.filter(({ type }) => type === 'notice')).toHaveLength(3);
    await expectWhole(storage);
  });
});

test('two writers at once: the second is refused, and the first goes on', async () => {
  let held = false;
  const storage = {
    ...memoryStorage(),
    async lock() {
      if (held) throw new Error('held');
      held = true;
      return async () => {
        held = false;
      };
    },
  };
  let second: unknown;
  await study(storage as ReturnType<typeof memoryStorage>, {
    config,
    stopAt: (event) => {
      if (event.type === 'epoch' && second === undefined)
        second = study(storage as ReturnType<typeof memoryStorage>, { config, resume: true }).catch(
          (error: Error) => error.message,
        );
      return false;
    },
  });
  expect(await second).toBe('held');
  expect(held).toBe(false);
});

test.each(['model.json', 'report.json', 'checkpoints/CE-1-1-7c05/seed-1/latest.safetensors'])(
  'a predictor does not use %s that was changed',
  async (path) => {
    const storage = await copyOf(whole);
    await flip(storage, path);
    await expect(openPredictor(storage)).rejects.toThrow(`'${path}' is damaged (it is not what was written`);
  },
);
