import { memoryStorage, openRun } from '@segscape/runs';
import { expectTensors } from '@segscape/testing';
import { dispose, type Tensor, tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classLosses } from '../src/class-losses.js';
import { parseStudyConfig } from '../src/config/parse.js';
import { studyRegistry } from '../src/kinds/registry.js';
import { namedLosses } from '../src/named-losses.js';
import { study, tinyStudy } from './tiny-study.js';

const classes = ['ground', 'disc', 'cup'];
const of = (loss: object | string, ignoreIndex?: number) => {
  const [named] = namedLosses(parseStudyConfig({ losses: [loss as 'dice'] }), studyRegistry, ignoreIndex);
  return {
    named: named!,
    parts: classLosses(named!, studyRegistry, { classes, ignoreIndex, overlapping: false }),
  };
};
const numberOf = async (value: Tensor) => {
  const [number] = await value.data();
  value.dispose();
  return number!;
};

describe('what each class adds to a loss', () => {
  test.each([
    ['crossEntropy', classes],
    [{ kind: 'crossEntropy', classWeights: [1, 2, 5] }, classes],
    [{ kind: 'focal', gamma: 2 }, classes],
    [{ kind: 'focal', gamma: 2, reduction: 'sum' }, classes],
    ['dice', classes],
    [{ kind: 'dice', includeBackground: false }, ['disc', 'cup']],
    [{ kind: 'tversky', reduction: 'sum' }, classes],
  ] as const)('%j: together they are the loss, void pixels left out', async (loss, names) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(0, 1, 2, 255), { minLength: 32, maxLength: 32 }),
        fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 96, maxLength: 96 }),
        async (given, scores) => {
          if (!given.some((label) => label !== 255)) return;
          const { named, parts } = of(loss, 255);
          expect(Object.keys(parts)).toEqual(names);
          const labels = tensor(given, [2, 4, 4], 'int32');
          const logits = tensor(scores, [2, 4, 4, 3]);
          const whole = await numberOf(named.loss(labels, logits));
          let together = 0;
          for (const part of Object.values(parts)) together += await numberOf(part(labels, logits));
          expect(Math.abs(together - whole)).toBeLessThan(1e-5 * Math.max(1, Math.abs(whole)));
          dispose([labels, logits]);
        },
      ),
      { numRuns: 15 },
    );
  });
  test('a class that is nowhere adds nothing to a sum over pixels; sure and right pixels leave no NaN', async () => {
    await expectTensors(0, async () => {
      const { parts } = of('crossEntropy');
      const labels = tensor(new Int32Array(16), [1, 4, 4], 'int32');
      const logits = tensor(
        Array.from({ length: 48 }, (_, i) => (i % 3 === 0 ? 200 : 0)),
        [1, 4, 4, 3],
      );
      expect(await numberOf(parts.cup!(labels, logits))).toBe(0);
      expect(await numberOf(parts.ground!(labels, logits))).toBe(0);
      dispose([labels, logits]);
    });
  });
  test.each([
    'boundary',
    'hausdorff',
    { kind: 'weightedSum', terms: [{ loss: { kind: 'dice' } }, { loss: { kind: 'crossEntropy' } }] },
  ])('%j does not fall apart by classes', (loss) => {
    expect(of(loss).parts).toEqual({});
  });
  test('they stand in the history beside the loss, on every split', async () => {
    const storage = memoryStorage();
    await study(storage, {
      config: { ...tinyStudy, losses: ['crossEntropy'], landscape: { enabled: false } },
    });
    const rows = await (await openRun(storage)).history();
    for (const split of ['train', 'test']) {
      const at = (measure: string) =>
        rows.find((row) => row.epoch === 1 && row.split === split && row.measure === measure)?.value ??
        Number.NaN;
      expect(at('loss.background') + at('loss.disc')).toBeCloseTo(at('loss'), 4);
    }
  });
});
