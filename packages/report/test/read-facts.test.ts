import { memoryStorage } from '@segscape/runs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { readFacts } from '../src/data/read-facts.js';
import { syntheticRun } from './synthetic-run.js';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

async function read(json: string) {
  const storage = memoryStorage();
  await storage.write('report.json', json);
  return readFacts(storage);
}

/** Every place of a value, with what stands there. */
function places(
  value: Json,
  path: readonly (string | number)[] = [],
): [readonly (string | number)[], Json][] {
  const inner =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, item]) =>
          places(item as Json, [...path, Array.isArray(value) ? Number(key) : key]),
        )
      : [];
  return [[path, value], ...inner];
}

function replaced(value: Json, [key, ...rest]: readonly (string | number)[], by: Json): Json {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((item: Json, i) => (i === key ? replaced(item, rest, by) : item));
  return Object.fromEntries(
    Object.entries(value as object).map(([name, item]) => [
      name,
      name === key ? replaced(item, rest, by) : item,
    ]),
  );
}

const named = (path: readonly (string | number)[]) =>
  path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');

describe('readFacts', () => {
  let facts: Json;
  beforeAll(async () => {
    const storage = await syntheticRun({ epochs: 1, resolution: 3, side: 8, samples: 1, images: 2 });
    facts = {
      ...(JSON.parse(new TextDecoder().decode(await storage.read('report.json'))) as { [key: string]: Json }),
      intervals: [{ loss: 'Dice', measure: 'iou.disc', mean: null, low: 0.1, high: 0.2 }],
      diverged: [{ loss: 'Dice', seed: 1, epoch: 2, step: 30, message: 'NaN' }],
      selection: {
        select: 'best',
        measure: 'iou.disc',
        values: { Dice: 0.5 },
        epochs: [{ loss: 'Dice', seed: 1, epoch: 2 }],
      },
      trust: [
        {
          name: 'a',
          loss: 'Dice',
          sentence: 'none',
          pathShare: 0.1,
          gradientShare: 0.2,
          noiseFloor: 1e-7,
          statistics: { roughness: { mean: 0.1, spread: 0.01, low: 0.05, high: 0.15, count: 3 } },
          seeds: { roughness: { mean: 0.1, spread: 0.01, low: 0.05, high: 0.15, count: 3, planes: 2 } },
          eigenvectors: [{ value: 9, plane: 0.1, directions: [0.1, 0.05], gradient: 0.4 }],
        },
      ],
      curvature: [
        {
          loss: 'Dice',
          seed: 1,
          epoch: 2,
          eigenvalues: [{ value: 3, error: 0.1 }],
          trace: 7,
          standardError: 1,
          sharpness: 0.1,
        },
      ],
      weightChange: [
        { loss: 'Dice', seed: 1, epochs: [0], layers: [{ layer: 'a', size: 4, relative: [0.5] }] },
      ],
      calibration: [
        {
          loss: 'Dice',
          seed: 1,
          classes: [{ name: 'disc', error: 0.1, bins: [{ count: 9, confidence: 0.4, accuracy: 0.5 }] }],
          trueClass: [1, 8],
        },
      ],
      decision: {
        looks: [{ seeds: [1, 2], leader: 'Dice', p: 0.2, alpha: 0.01, settled: false }],
        sentence: 'open',
      },
      scores: [
        {
          loss: 'Dice',
          seed: 1,
          epoch: 3,
          trained: 4,
          threshold: { value: 0.6, dice: 0.8, diceAtHalf: 0.7 },
          images: [{ id: 'phantom-024', 'iou.disc': 0.5 }],
        },
      ],
      disputes: {
        measure: 'jaccardDistance',
        seeds: { Dice: 1 },
        images: [{ id: 'a', disagreement: 0.2, byLoss: { Dice: 0.2 } }],
      },
      cases: [{ loss: 'Dice', worst: 'a', best: 'b', disputed: 'c' }],
      experiment: {
        from: { loss: 'Dice', epoch: 3, seed: 1 },
        iterations: 20,
        every: 10,
        images: [{ id: 'a', part: 'train', foreground: 0.1, rule: 'little' }],
        runs: [
          {
            image: 'a',
            loss: 'Dice',
            learningRate: 0.001,
            iterations: [0],
            values: { Dice: [0.5] },
            gradientNorms: [2],
            file: 'experiment/a/Dice.csv',
            diverged: 1,
          },
        ],
        pictures: [
          {
            name: 'experiment/a/Dice/0010-gradient',
            group: 'gradient',
            title: 'Gradient',
            sample: 'a',
            loss: 'Dice',
            iteration: 10,
            caption: 'one scale',
            values: { name: 'experiment/a/Dice/0010-gradient-values', low: 1e-9, high: 1 },
          },
        ],
      },
    };
  });

  test('a null among the values of an experiment is NaN', async () => {
    const json = JSON.stringify(facts).replace('"gradientNorms":[2]', '"gradientNorms":[2,null]');
    expect((await read(json)).experiment!.runs[0]!.gradientNorms).toEqual([2, Number.NaN]);
  });
  test('what a study writes is read as it was; null is NaN', async () => {
    const { intervals, ...rest } = await read(JSON.stringify(facts));
    expect(intervals).toEqual([{ loss: 'Dice', measure: 'iou.disc', mean: Number.NaN, low: 0.1, high: 0.2 }]);
    const { intervals: _, ...given } = facts as { [key: string]: Json };
    expect(rest).toEqual(given);
  });
  test('every field of another type is refused by its name', async () => {
    // The dataset may describe itself in any way.
    const all = places(facts).filter(([path]) => !named(path).startsWith('material.dataset.'));
    const picked = fc.constantFrom(...all);
    const markup = '<img src=x onerror=alert(1)>';
    await fc.assert(
      fc.asyncProperty(
        picked,
        fc.constantFrom<Json>(true, 7, markup, [markup], {}),
        async ([path, was], by) => {
          const kind = (value: Json) =>
            value === null ? 'number' : Array.isArray(value) ? 'list' : typeof value;
          const either = kind(was) === kind(by);
          const words = /(group|select|part|rule|disputes\.measure)$/.test(named(path));
          fc.pre(!either || (words && by === markup));
          await expect(read(JSON.stringify(replaced(facts, path, by)))).rejects.toMatchObject({
            code: 'CORRUPT_FILE',
            details: { field: named(path) },
          });
        },
      ),
      { numRuns: 1_000 },
    );
  });
  test.each([
    [{ minutes: '3<script>' }, `'minutes' must be a number or null, got "3<script>"`],
    [{ seeds: [1, '2'] }, `'seeds[1]' must be a whole number, got "2"`],
    [{ classes: { length: 2 } }, `'classes' must be a list, got an object`],
    [{ title: ['a'] }, `'title' must be a text, got a list of 1`],
    [{ title: null }, `'title' must be a text, got null`],
    [
      { diverged: [{ loss: 'a', seed: 1, epoch: -1 }] },
      `'diverged[0].epoch' must be a whole number from 0, got -1`,
    ],
    [
      { selection: { select: 'test', epochs: [] } },
      `'selection.select' must be one of best, last, ema, got "test"`,
    ],
    [
      { scores: [{ loss: 'a', seed: 1, images: [{ id: 7 }] }] },
      `'scores[0].images[0].id' must be a text, got 7`,
    ],
    [
      { disputes: { measure: 'dice', seeds: {}, images: [] } },
      `'disputes.measure' must be one of jaccardDistance, got "dice"`,
    ],
    [{ cases: [{ loss: 'a', worst: 'b' }] }, `'cases[0].best' must be a text, got nothing`],
    [
      { experiment: { from: { seed: 1 } } },
      `'experiment.from.epoch' must be a whole number from 0, got nothing`,
    ],
  ])('%j', async (change, message) =>
    expect(read(JSON.stringify({ ...(facts as object), ...change }))).rejects.toMatchObject({
      code: 'CORRUPT_FILE',
      message: `report.json: ${message}. Resume the study to write it again.`,
    }),
  );
  test('numbers beyond all numbers are refused', async () =>
    expect(read(JSON.stringify(facts).replace('"minutes":3.4', '"minutes":1e999'))).rejects.toThrow(
      "report.json: 'minutes' must be a number or null, got null. Resume",
    ));
  test('__proto__ and constructor are names like others, and no prototype is touched', async () => {
    const json = JSON.stringify(facts)
      .replaceAll('"Dice":', '"__proto__":')
      .replaceAll('"Dice"', '"__proto__"')
      .replaceAll('"iou.disc":', '"constructor":')
      .replace('"title"', '"__proto__":{"polluted":1},"title"');
    const read_ = await read(json);
    expect(read_.losses).toContain('__proto__');
    expect(Object.getOwnPropertyNames(read_.selection!.values)).toEqual(['__proto__']);
    expect(Object.hasOwn(read_.scores[0]!.images[0]!, 'constructor')).toBe(true);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect((read_ as unknown as { polluted?: number }).polluted).toBeUndefined();
  });
  test('any JSON is refused with CORRUPT_FILE', () =>
    fc.assert(
      fc.asyncProperty(fc.json(), async (json) => {
        await expect(read(json)).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
      }),
      { numRuns: 1_000 },
    ));
});
