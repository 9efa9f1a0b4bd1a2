import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Storage } from '@segscape/core';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { createRun, exportMlflow, memoryStorage, openRun, subStorage } from '../src/index.js';
import { fsStorage } from '../src/node.js';

const root = mkdtempSync(join(tmpdir(), 'segscape-names-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Names of files with all that ends a line somewhere, is a word of JavaScript's, or stands in a manifest for something else. */
const part = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
    fc.constantFrom(
      '__proto__',
      'constructor',
      '0',
      '\u2028',
      'a\u2029b',
      '\u0085',
      '\n',
      'a\r',
      ' ',
      '*',
      '"',
      '\ufeff',
      'ä',
    ),
  )
  .filter((name) => !/[\\/\0\p{Cs}]/u.test(name) && name !== '.' && name !== '..');
const paths = fc.uniqueArray(
  fc.array(part, { minLength: 1, maxLength: 2 }).map((parts) => `x/${parts.join('/')}.bin`),
  { minLength: 1, maxLength: 5 },
);

describe('files of odd names', () => {
  test('are recorded, found and proved whole by another process', () =>
    fc.assert(
      fc.asyncProperty(paths, async (names) => {
        const storage = memoryStorage();
        const { storage: files } = await createRun(storage, {});
        for (const [i, name] of names.entries())
          await (i % 2 === 0 ? files.write(name, name) : files.append(name, name));
        const again = await openRun(storage);
        for (const name of names)
          expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(await again.storage.read(name))).toBe(
            name,
          );
        expect(await again.validate()).toEqual([]);
      }),
      { numRuns: 300 },
    ));

  test('on a disk, too', async () => {
    const storage = fsStorage(join(root, 'odd'));
    const names = ['a\u2028b.bin', 'line\nfeed.bin', 'cr\r.bin', '__proto__', ' .bin', "it's *.bin"];
    const { storage: files } = await createRun(storage, {});
    for (const name of names) await files.write(name, name);
    const again = await openRun(storage);
    for (const name of names) expect(new TextDecoder().decode(await again.storage.read(name))).toBe(name);
    expect(await again.validate()).toEqual([]);
  });

  test('half a character is no name', async () => {
    for (const name of ['\ud800', 'a\udfff.bin', undefined as never, 3 as never])
      await expect(memoryStorage().write(name, '')).rejects.toMatchObject({ code: 'BAD_OPTION' });
  });
});

/** Each way to change a file. */
const changes = (storage: Storage, path: string) => [
  () => storage.write(path, 'x'),
  () => storage.append(path, 'x'),
];

describe('names that are taken', () => {
  test.each(['manifest.json', 'manifest.sha256'])('%s of a run is written by itself alone', async (path) => {
    const storage = memoryStorage();
    const run = await createRun(storage, {});
    for (const change of [...changes(run.storage, path), () => run.storage.remove(path)])
      await expect(change()).rejects.toThrow(
        `Storage: path (='${path}') must be another file: the manifests are written with the files that they tell of.`,
      );
    expect(await (await openRun(storage)).validate()).toEqual([]);
  });

  test.each(['.segscape-lock', 'a.partial', 'b/.partial'])(
    '%s of a disk is the storage’s own',
    async (path) => {
      const storage = fsStorage(join(root, 'own'));
      for (const change of changes(storage, path))
        await expect(change()).rejects.toThrow(
          `fsStorage: path (='${path}') must be another name: '.segscape-lock' and names that end in '.partial' are the storage's own.`,
        );
      expect(await storage.list('')).toEqual([]);
    },
  );
});

test('what is neither a text nor bytes is not written, to no storage and through none', async () => {
  const run = await createRun(memoryStorage(), {});
  const storages = [
    memoryStorage(),
    fsStorage(join(root, 'odd-content')),
    run.storage,
    subStorage(memoryStorage(), 'a'),
  ];
  for (const storage of storages)
    for (const content of [undefined, null, 3, {}, [1], Float32Array.of(1), new ArrayBuffer(2)])
      for (const put of [storage.write, storage.append])
        await expect(put('a', content as never)).rejects.toMatchObject({
          code: 'BAD_OPTION',
          message: expect.stringMatching(/^Storage: content \(=.*\) must be a text or bytes\.$/),
        });
  expect(await run.validate()).toEqual([]);
  for (const path of [undefined, null, 3])
    expect(() => fsStorage(path as never)).toThrow(
      /^fsStorage: root \(=.*\) must be the path of a folder\.$/,
    );
  const pictures = { a: 'a.png' as never };
  await expect(run.recordPictures({ loss: 'a', seed: 1, epoch: 1, pictures })).rejects.toThrow(
    "recordPictures: 'a' is no PNG file.",
  );
});

test('no parameter, tag or name that MLflow reads has two lines, as Python ends them', async () => {
  const ends = ['\n', '\r', '\v', '\f', '\x1c', '\x1d', '\x1e', '\x85', '\u2028', '\u2029'];
  const run = await createRun(memoryStorage(), { name: `a${ends.join('b')}c`, note: ends.join('x') });
  await run.recordEpoch({
    loss: `di${ends.slice(2).join('')}ce`,
    seed: 1,
    epoch: 1,
    measures: { t: { l: 1 } },
  });
  const target = memoryStorage();
  await exportMlflow(run, target);
  const paths = await target.list('');
  const texts = await Promise.all(
    paths.map(async (path) => [path, new TextDecoder().decode(await target.read(path))] as const),
  );
  const lines = texts.filter(([path]) => /\/(params|tags)\//.test(path));
  expect(lines.length).toBeGreaterThan(5);
  for (const [path, text] of lines)
    expect(
      ends.filter((end) => text.includes(end)),
      path,
    ).toEqual([]);
  for (const [, text] of texts.filter(([path]) => path.endsWith('meta.yaml')))
    expect(ends.slice(1).filter((end) => text.includes(end))).toEqual([]);
  expect(Object.fromEntries(lines.map(([path, text]) => [path.split('/').at(-1), text]))['config.note']).toBe(
    ' x x x x x x x x x ',
  );
});
