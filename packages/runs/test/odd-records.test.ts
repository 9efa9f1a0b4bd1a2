import { isSegscapeError, type Storage } from '@segscape/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatRows } from '../src/history.js';
import {
  createRun,
  encodeCheckpoint,
  exportMlflow,
  memoryStorage,
  openRun,
  parseHistory,
  type Run,
  tensorBoard,
} from '../src/index.js';

const key = { loss: 'dice', seed: 1, fold: 0 };
const epochOf = (n: number) => ({ ...key, epoch: n, measures: { test: { loss: 0.5 } } });
const png = new Uint8Array(40);

/** Every way to record, with one field of the record changed. */
const records: Readonly<Record<string, (run: Run, change: object) => Promise<void>>> = {
  recordEpoch: (run, change) => run.recordEpoch({ ...epochOf(1), ...change }),
  recordStep: (run, change) => run.recordStep({ ...key, step: 1, values: { a: 1 }, ...change }),
  recordPictures: (run, change) => run.recordPictures({ ...key, epoch: 1, pictures: { a: png }, ...change }),
  recordHistograms: (run, change) =>
    run.recordHistograms({ ...key, epoch: 1, values: { a: [1] }, ...change }),
  rewind: (run, change) => run.rewind({ ...key, epoch: 1, ...change }),
};

const snapshot = async (storage: Storage) =>
  Promise.all(
    (await storage.list('')).map(async (path) => [path, (await storage.read(path)).join()] as const),
  );

describe('a record that could not be read back', () => {
  const noWhole = fc.constantFrom<unknown>(
    null,
    'a',
    '1',
    0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    [],
    {},
    true,
  );
  const fields = fc.oneof(
    fc.record({ name: fc.constantFrom('seed', 'fold', 'at'), value: noWhole }),
    fc.record({ name: fc.constant('loss'), value: fc.constantFrom<unknown>(undefined, null, 1, {}) }),
    fc.record({ name: fc.constantFrom('seed', 'at'), value: fc.constant(undefined) }),
  );
  test.each(Object.keys(records))('is refused by %s, and nothing is written', (name) =>
    fc.assert(
      fc.asyncProperty(fields, async (field) => {
        const storage = memoryStorage();
        const run = await createRun(storage, {}, { now: () => 1 });
        await run.recordEpoch(epochOf(1));
        const before = await snapshot(storage);
        const named = field.name === 'at' ? (name === 'recordStep' ? 'step' : 'epoch') : field.name;
        const error: unknown = await records[name]!(run, { [named]: field.value }).catch(
          (thrown: unknown) => thrown,
        );
        expect(isSegscapeError(error, 'BAD_OPTION'), `${named}: ${String(error)}`).toBe(true);
        expect((error as Error).message).toMatch(new RegExp(`^${name}: ${named} \\(=.*\\) must be a`));
        expect(await snapshot(storage)).toEqual(before);
      }),
      { numRuns: 60 },
    ),
  );

  test('a measure that is no number is refused: the table and TensorBoard would each have another one', async () => {
    const run = await createRun(memoryStorage(), {});
    for (const value of [null, undefined, '0.5', true] as unknown[]) {
      const measures = { test: { iou: value as number } };
      await expect(run.recordEpoch({ ...epochOf(1), measures })).rejects.toThrow(
        /^recordEpoch: measures\.test\.iou \(=/,
      );
      await expect(run.recordStep({ ...key, step: 1, values: measures.test })).rejects.toThrow(
        /^recordStep: values\.iou \(=.*\) must be a number\.$/,
      );
    }
    await run.recordEpoch({
      ...epochOf(1),
      measures: { test: { a: Number.NaN, b: Number.NEGATIVE_INFINITY } },
    });
    expect((await run.history()).map(({ value }) => value)).toEqual([Number.NaN, Number.NEGATIVE_INFINITY]);
  });

  test('a checkpoint of what is no tensor, or of what JSON cannot hold', async () => {
    for (const value of [null, undefined, 3, [1, 2], { shape: [1] }])
      await expect(encodeCheckpoint({ w: value as never })).rejects.toThrow(
        /^encodeCheckpoint: w \(=.*\) must be a tensor, or \{ dtype, shape, data \}\.$/,
      );
    await expect(encodeCheckpoint({}, { step: 3n })).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringMatching(/^encodeCheckpoint: metadata must be what JSON can hold: /),
    });
  });
});

describe('a line of the history', () => {
  const header = 'loss,seed,fold,epoch,split,measure,value\n';
  const row = { loss: 'a', seed: 1, fold: 0, epoch: 2, split: 'test', measure: 'iou', value: 0.5 };

  test('that is no row of seven cells, with numbers where they stand, is named and never read as another number', () =>
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 3, 6),
        fc.constantFrom('', ' ', 'x', '0,5', '1;2', '--1', 'null', '0x', 'NaNs', 'infinite'),
        (column, text) => {
          const cells = formatRows([row]).trimEnd().split(',');
          cells[column] = text;
          expect(() => parseHistory(`${header}${cells.join(',')}\n`)).toThrow(
            /^history\.csv, line 2: expected 7 cells \(loss,seed,fold,epoch,split,measure,value\), whole numbers /,
          );
        },
      ),
    ));

  test.each([
    ['nan', Number.NaN],
    ['NaN', Number.NaN],
    ['NA', Number.NaN],
    ['inf', Number.POSITIVE_INFINITY],
    ['Inf', Number.POSITIVE_INFINITY],
    ['-inf', Number.NEGATIVE_INFINITY],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['1e-7', 1e-7],
  ])('may have the value %s, as other programs write it', (text, value) => {
    expect(parseHistory(`${header}a,1,0,2,test,iou,${text}\n`)).toEqual([{ ...row, value }]);
  });
});

describe('an option that there is not', () => {
  const odd = { mispelt: 1 } as never;
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    createRun: () => createRun(memoryStorage(), {}, odd),
    openRun: () => openRun(memoryStorage(), odd),
    history: async () => (await createRun(memoryStorage(), {})).history(odd),
    tensorBoard: () => tensorBoard((async function* () {})(), memoryStorage(), odd).next(),
    exportMlflow: async () => exportMlflow(await createRun(memoryStorage(), {}), memoryStorage(), odd),
  };
  test.each(Object.keys(calls))('%s refuses it by name', async (name) => {
    await expect(calls[name]!()).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringMatching(new RegExp(`^${name}: 'mispelt' is not an option; `)),
    });
  });
});
