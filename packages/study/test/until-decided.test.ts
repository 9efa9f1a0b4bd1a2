import { random } from '@segscape/core';
import { memoryStorage, openRun } from '@segscape/runs';
import { type DecisionFact, parseStudyConfig, readModelRecord, type StudyInput } from '@segscape/study';
import { describe, expect, test } from 'vitest';
import { alphaAt, withSeeds } from '../src/plan/decision.js';
import { mostTrainings } from '../src/plan/plan.js';
import type { TaskScores } from '../src/tasks/task-scores.js';
import { type Looking, lookAt } from '../src/tasks/until-decided.js';
import { type Bytes, study, text, tinyStudy } from './tiny-study.js';

const config: StudyInput = {
  ...tinyStudy,
  data: { ...tinyStudy.data, split: { test: 4 } },
  training: { epochs: 1, batchSize: 2, until: 'decided', maxSeeds: 4 },
  landscape: { enabled: false },
};

const decisionOf = async (storage: Bytes) => JSON.parse(await text(storage, 'decision.json')) as DecisionFact;
const seedsIn = async (storage: Bytes) => {
  const { scores } = JSON.parse(await text(storage, 'evaluation.json')) as { scores: TaskScores[] };
  return scores.map(({ loss, seed }) => `${loss} ${seed}`);
};

const measure = 'iou.disc';
const images = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** Scores of two losses, `value(loss, seed, image)`. */
const looking = (seeds: readonly number[], value: (loss: number, seed: number, image: number) => number) => {
  const labels = ['one', 'two'];
  const scores = labels.flatMap((loss, l) =>
    seeds.map((seed) => ({
      loss,
      seed,
      epoch: 1,
      trained: 1,
      images: images.map((id, i) => ({ id, [measure]: value(l, seed, i) })),
    })),
  );
  const about: Looking = {
    config: { training: { seeds: [...seeds], epochs: 1 } },
    setup: { losses: labels.map((label) => ({ label })), groups: new Map(), folds: [{}] },
  };
  return { about, scores };
};

describe('training.until: decided', () => {
  test('spends 0.05 over any number of looks, and no more', () => {
    expect([1, 2, 3].map(alphaAt)).toEqual([0.05 / 2, 0.05 / 6, 0.05 / 12]);
    const spent = Array.from({ length: 10_000 }, (_, k) => alphaAt(k + 1)).reduce((a, b) => a + b);
    expect(spent).toBeLessThan(0.05);
    expect(spent).toBeGreaterThan(0.0499);
  });

  test('settles what is plain, and not what two losses share', () => {
    const rng = random(1);
    const plain = looking([1, 2, 3], (loss) => 0.6 + 0.2 * loss + 0.01 * rng.normal());
    expect(lookAt(plain.about, plain, { measure, looks: [] })).toMatchObject({
      leader: 'two',
      settled: true,
      alpha: 0.025,
      seeds: [1, 2, 3],
    });
    const alike = looking([1, 2, 3], () => 0.7 + 0.05 * rng.normal());
    expect(lookAt(alike.about, alike, { measure, looks: [] }).settled).toBe(false);
  });

  test('calls a leader by chance in at most 5 % of 400 studies without a difference, six looks each', () => {
    const rng = random(7);
    let called = 0;
    for (let k = 0; k < 400; k++) {
      const hard = images.map(() => 0.1 * rng.normal());
      const rows = new Map<string, number>();
      const value = (loss: number, seed: number, image: number) => {
        const key = `${loss} ${seed} ${image}`;
        const of = (name: string, spread: number) => {
          if (!rows.has(name)) rows.set(name, spread * rng.normal());
          return rows.get(name)!;
        };
        return 0.6 + hard[image]! + of(`${loss} ${seed}`, 0.02) + of(key, 0.03);
      };
      let looks: DecisionFact['looks'] = [];
      for (let seeds = 3; seeds <= 8; seeds++) {
        const { about, scores } = looking(
          Array.from({ length: seeds }, (_, i) => i + 1),
          value,
        );
        looks = [...looks, lookAt(about, { scores }, { measure, looks })];
      }
      if (looks.some(({ settled }) => settled)) called++;
    }
    // Monte-Carlo error of 400 studies at 5 %: 1.1 %.
    expect(called / 400).toBeLessThanOrEqual(0.05 + 2 * 0.011);
  });

  test('trains at least three seeds and at most what is asked, records its looks, and goes on after a stop', async () => {
    const whole = memoryStorage();
    const events = await study(whole, { config });
    const decision = await decisionOf(whole);
    expect(decision.looks.map(({ seeds }) => seeds.length)).toEqual([3, 4].slice(0, decision.looks.length));
    expect(decision.seeds).toEqual([1, 2, 3, 4].slice(0, decision.seeds.length));
    expect(decision.sentence).toMatch(/^(Decided|Not decided) after look \d, with \d seeds of each loss/);
    expect(events.some((event) => event.type === 'notice' && event.message === decision.sentence)).toBe(true);
    expect(JSON.parse(await text(whole, 'report.json'))).toMatchObject({ decision, seeds: decision.seeds });
    expect((await readModelRecord(whole)).seeds).toEqual(decision.seeds);
    const losses = ['CE 1:1', 'dice'];
    expect(await seedsIn(whole)).toEqual(
      losses.flatMap((loss) => decision.seeds.map((seed) => `${loss} ${seed}`)),
    );

    const halted = memoryStorage();
    let epochs = 0;
    await study(halted, { config, stopAt: (event) => event.type === 'epoch' && ++epochs === 5 });
    await study(halted, { config, resume: true });
    expect(await decisionOf(halted)).toEqual(decision);
    expect(await text(halted, 'evaluation.json')).toBe(await text(whole, 'evaluation.json'));
    // A finished one looks no further.
    await study(halted, { config, resume: true });
    expect(await decisionOf(halted)).toEqual(decision);
  });

  test('a finished run of given seeds may be asked for more until it is decided', async () => {
    const storage = memoryStorage();
    const { until: _, maxSeeds: __, ...training } = config.training!;
    await study(storage, { config: { ...config, training } });
    const before = await text(storage, 'checkpoints/dice/seed-1/latest.safetensors');
    const more = { ...config, training: { ...training, until: 'decided' as const, maxSeeds: 3 } };
    const events = await study(storage, { config: more, resume: true });
    expect(events).toContainEqual({
      type: 'notice',
      message: 'The run grows: seeds until decided, at most 3.',
    });
    expect((await decisionOf(storage)).seeds).toEqual([1, 2, 3]);
    expect(await text(storage, 'checkpoints/dice/seed-1/latest.safetensors')).toBe(before);
    expect((await openRun(storage)).config).toMatchObject({ training: { until: 'decided', maxSeeds: 3 } });
  });

  test('plans for the most seeds, and adds none that there is', () => {
    const parsed = parseStudyConfig(config);
    expect(mostTrainings({ config: parsed, setup: { models: [{ folds: [{ losses: [] }] }] } })).toBe(0);
    const training = { ...parsed.training, seeds: [5, 2] };
    expect(withSeeds({ ...parsed, training }, 4).training.seeds).toEqual([5, 2, 6, 7]);
    expect(withSeeds({ ...parsed, training }, 4, [5, 2, 9]).training.seeds).toEqual([5, 2, 9, 10]);
  });

  test.each([
    [{ ...config, losses: ['dice'] }, /compares losses, and there is one/],
    [{ ...config, training: { maxSeeds: 5 } }, /maxSeeds is for training.until/],
    [{ ...config, training: { until: 'decided', maxSeeds: 3, seeds: [1, 2, 3, 4] } }, /less than the 4/],
  ] satisfies [StudyInput, RegExp][])('refuses what could never settle (%#)', (given, message) => {
    expect(() => parseStudyConfig(given)).toThrow(message);
  });
});
