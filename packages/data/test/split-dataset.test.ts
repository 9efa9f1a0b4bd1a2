import { random } from '@segscape/core';
import {
  cachedDataset,
  type Dataset,
  memoryDataset,
  readSplit,
  type SplitLists,
  splitDataset,
  subset,
} from '@segscape/data';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { folderOf } from './fixtures/writers.js';

/** Samples of 10×10 with the given numbers of foreground pixels. */
function dataset(foregrounds: readonly number[], groups: readonly string[] = []): Dataset {
  return memoryDataset(
    foregrounds.map((count, index) => ({
      id: `s${index}`,
      ...(groups[index] === undefined ? {} : { group: groups[index] }),
      image: { data: new Uint8Array(100), height: 10, width: 10, channels: 1 },
      mask: { data: new Uint8Array(100).fill(1, 0, count), height: 10, width: 10, channels: 1 },
    })),
    ['background', 'thing'],
  );
}
const plain = (n: number) => dataset(Array.from({ length: n }, (_, i) => i % 50));

describe('splitDataset', () => {
  test('10 samples, test 0.2, validation 1: 7, 1 and 2; nothing twice, nothing lost', async () => {
    const parts = await splitDataset(plain(10), { test: 0.2, validation: 1, seed: 4 });
    expect([parts.train.length, parts.validation.length, parts.test.length]).toEqual([7, 1, 2]);
    const ids = [parts.train, parts.validation, parts.test].flatMap(({ ids }) => ids!);
    expect(new Set(ids).size).toBe(10);
  });

  test('sizes are exact for any counts; what none of them asks for is left out', () =>
    fc.assert(
      fc.asyncProperty(
        fc.nat(20),
        fc.nat(20),
        fc.nat(20),
        fc.nat(20),
        fc.integer(),
        async (a, b, c, rest, seed) => {
          if (a + b + c === 0) return;
          const parts = await splitDataset(plain(a + b + c + rest), {
            train: a,
            validation: b,
            test: c,
            seed,
          });
          expect([parts.train.length, parts.validation.length, parts.test.length]).toEqual([a, b, c]);
          expect(parts.leftOut).toHaveLength(rest);
        },
      ),
      { numRuns: 50 },
    ));

  test('the same seed gives the same parts, another seed others', async () => {
    const draw = async (seed: number) => (await splitDataset(plain(30), { test: 10, seed })).test.ids;
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(1)).not.toEqual(await draw(2));
  });

  test('groups are never divided', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(8), { minLength: 4, maxLength: 40 }),
        fc.integer(),
        async (owners, seed) => {
          const data = dataset(
            owners.map(() => 1),
            owners.map(String),
          );
          const { train, test: held } = await splitDataset(data, { test: 0.3, seed });
          const kept = new Set(train.groups);
          expect(held.groups!.some((group) => kept.has(group))).toBe(false);
        },
      ),
      { numRuns: 50 },
    ));

  test('stratified: of 20 empty and 20 full masks, a test of 10 has 5 of each', async () => {
    const rng = random(1);
    const data = dataset(Array.from({ length: 40 }, (_, i) => (i % 2) * 100));
    for (let i = 0; i < 5; i++) {
      const { test: held } = await splitDataset(data, {
        test: 10,
        seed: rng.integer(0, 1000),
        stratify: true,
      });
      let full = 0;
      for (let k = 0; k < 10; k++) if ((await held.get(k)).mask.data[0] === 1) full++;
      expect(full).toBe(5);
    }
  });

  test('5 folds of 13: every sample is held out once, parts differ by one at most', async () => {
    const folds = await splitDataset(plain(13), { folds: 5, validation: 2, seed: 3 });
    const held = folds.flatMap(({ test: part }) => part.ids!);
    expect(new Set(held).size).toBe(13);
    for (const { train, validation, test: part } of folds) {
      expect([2, 3]).toContain(part.length);
      expect(validation.length).toBe(2);
      expect(train.length).toBe(13 - 2 - part.length);
    }
  });

  test('fixed lists, from an object or a file', async () => {
    const data = plain(4);
    const given = await splitDataset(data, { lists: { train: ['s3', 's0'], test: ['s1'] } });
    expect([given.train.ids, given.test.ids]).toEqual([['s3', 's0'], ['s1']]);
    const folder = folderOf({
      'split.json': new TextEncoder().encode('{"train": ["s0"], "val": ["s1"], "note": 1}'),
    });
    const read = await splitDataset(data, { lists: `${folder}/split.json` });
    expect([read.train.ids, read.validation.ids]).toEqual([['s0'], ['s1']]);
  });

  test('mistakes are named', async () => {
    await expect(splitDataset(plain(3), { lists: { train: ['x'] } })).rejects.toThrow(
      "splitDataset: the list train names 'x', which is not in the dataset.",
    );
    await expect(splitDataset(plain(3), { lists: { train: ['s1'], test: ['s1'] } })).rejects.toThrow(
      "splitDataset: 's1' is in the lists train and test.",
    );
    await expect(splitDataset(plain(3), { train: 3, test: 2 })).rejects.toThrow(
      'splitDataset: train, validation and test ask for 5 samples, there are 3.',
    );
    await expect(splitDataset(plain(2), { validation: 0.7, test: 0.7 })).rejects.toThrow(
      'splitDataset: train, validation and test are shares of 0.7 and 0.7, more than the whole in all.',
    );
    await expect(splitDataset(plain(3), { test: 1.5 })).rejects.toThrow(
      'splitDataset: test (=1.5) must be a share',
    );
    await expect(splitDataset(plain(3), { folds: 4 })).rejects.toThrow('splitDataset: folds (=4) must be');
    await expect(splitDataset(plain(3))).rejects.toMatchObject({ code: 'BAD_OPTION' });
    const folder = folderOf({ 'split.json': new TextEncoder().encode('{"train": ') });
    await expect(splitDataset(plain(3), { lists: `${folder}/split.json` })).rejects.toMatchObject({
      code: 'CORRUPT_FILE',
    });
  });
});

test('a list that would be left out is told of', async () => {
  const read = (content: object) =>
    readSplit(`${folderOf({ 'split.json': new TextEncoder().encode(JSON.stringify(content)) })}/split.json`);
  const train = ['s0'];
  expect(await read({ train, valid: ['s1'] })).toEqual({ train, validation: ['s1'] });
  const others = { group: ['p0', 'p1'], rest: ['s2'], all: ['s0', 's2'] };
  expect(await read({ train, test: [], ...others })).toEqual({ train, test: [] });
  await expect(read({ train, tset: ['s1'] })).rejects.toThrow(
    /^splitDataset: '.*split\.json' has a list 'tset'; did you mean 'test'; expected/,
  );
  await expect(read({ train, validatoin: ['s1'] })).rejects.toThrow("did you mean 'validation'");
  await expect(read({ train, test: 's1' })).rejects.toThrow("split.json' has no list test; expected");
  await expect(splitDataset(plain(2), { lists: { train, tests: ['s1'] } as SplitLists })).rejects.toThrow(
    "splitDataset: lists has a list 'tests'; did you mean 'test'; expected",
  );
});

test.each(['null', '7', '"train"', '["s0"]', '{"val": ["s0"]}'])(
  'a split file of %s is refused',
  async (text) => {
    const folder = folderOf({ 'split.json': new TextEncoder().encode(text) });
    await expect(readSplit(`${folder}/split.json`)).rejects.toMatchObject({
      code: 'CORRUPT_FILE',
      message: expect.stringMatching(/split\.json' (holds no object|has no list train); expected/),
    });
  },
);

describe('subset and cachedDataset', () => {
  test('a subset of a subset, with ids', async () => {
    const part = subset(subset(plain(10), [5, 6, 7]), [2, 0]);
    expect([part.length, part.ids, (await part.get(0)).id]).toEqual([2, ['s7', 's5'], 's7']);
    expect(part.describe()).toMatchObject({ length: 2, kind: 'memory' });
  });

  test('a cached sample is read once, a failed one again', async () => {
    let reads = 0;
    const source = plain(2);
    const data = cachedDataset({
      ...source,
      get(index) {
        reads++;
        return reads === 1 ? Promise.reject(new Error('once')) : source.get(index);
      },
    });
    await expect(data.get(0)).rejects.toThrow('once');
    expect(await data.get(0)).toBe(await data.get(0));
    expect(reads).toBe(2);
  });
});
