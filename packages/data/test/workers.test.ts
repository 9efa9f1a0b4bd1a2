import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Batch, type BatchOptions, batches, phantomDataset } from '@segscape/data';
import { type SampleWorkers, sampleWorkers } from '@segscape/data/workers';
import { dispose } from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, test } from 'vitest';
import { prepare, transform } from './fixtures/sample-registry.mjs';

// Threads run JavaScript: the built package's.
const script = new URL('../dist/sample-worker.js', import.meta.url);
const missing = existsSync(fileURLToPath(script)) ? '' : 'the package is not built';
const registry = new URL('./fixtures/sample-registry.mjs', import.meta.url);
const config = { count: 7, height: 24, width: 20, seed: 3 };
const dataset = phantomDataset({ kind: 'fundus', ...config });
const started: SampleWorkers[] = [];
afterAll(() => Promise.all(started.map((workers) => workers.dispose())));

const threads = (count: number, kind = 'phantom', given: object = config) => {
  const workers = sampleWorkers({ count, registry, script, nodeOptions: [], work: { kind, config: given } });
  started.push(workers);
  return workers;
};
async function all(options: Partial<BatchOptions>, of = dataset) {
  const found: unknown[] = [];
  for await (const batch of batches(of, { batchSize: 2, seed: 5, ...options })) {
    const { images, labels, prepared, ids }: Batch = batch;
    found.push([
      ids,
      images.shape,
      await images.data(),
      labels.shape,
      await labels.data(),
      await prepared?.doubled?.data(),
    ]);
    dispose([images, labels, prepared ?? {}]);
  }
  return found;
}

describe.skipIf(missing)(`worker threads${missing && ` (${missing})`}`, () => {
  test.each([1, 2, 3])('%d give the batches of none to the bit, in every epoch', async (count) => {
    const workers = threads(count);
    for (const epoch of [0, 1])
      for (const shuffle of [false, true]) {
        const expected = await all({ transform, prepare, epoch, shuffle, normalize: 'zscore' });
        expect(await all({ workers, epoch, shuffle, normalize: 'zscore' })).toEqual(expected);
      }
  });

  test('other options make other batches', async () => {
    const workers = threads(2);
    expect(await all({ workers, epoch: 1 })).not.toEqual(await all({ workers, epoch: 0 }));
  });

  test('leaving early, and going on with the same threads', async () => {
    const workers = threads(2, 'plain');
    for await (const { images, labels } of batches(dataset, { batchSize: 1, workers })) {
      dispose([images, labels]);
      break;
    }
    expect(await all({ workers })).toEqual(await all({}));
  });

  test('a data set of another order is refused', async () => {
    const workers = threads(1, 'phantom', config);
    const other = { ...dataset, ids: dataset.ids!.map((id) => `${id}x`) };
    await expect(all({ workers }, other)).rejects.toThrow(
      `batches: sample 0 is '${dataset.ids![0]}x' here and '${dataset.ids![0]}' in the workers.`,
    );
  });

  test('errors are those of the work, and a thread that ended is replaced', async () => {
    const workers = threads(1, 'odd');
    const ready = (index: number) => workers.ready({ index, seed: 0, epoch: 0, normalize: 'scale' });
    await expect(ready(0)).rejects.toThrow('sampleWorkers: no luck');
    await expect(ready(1)).rejects.toThrow('sampleWorkers: a worker ended (exit code 3).');
    await expect(ready(2)).rejects.toThrow('no luck');
    await expect(
      threads(1, 'phantm').ready({ index: 0, seed: 0, epoch: 0, normalize: 'scale' }),
    ).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: "sampleWorkers: the registry has no kind 'phantm'; it has: phantom, plain, odd.",
    });
    await expect(
      threads(1, 'phantom', { ...config, kind: 'cells' }).ready({
        index: 0,
        seed: 0,
        epoch: 0,
        normalize: 'scale',
      }),
    ).rejects.toMatchObject({ code: 'BAD_OPTION', message: expect.stringContaining('kind') });
    await expect(
      threads(1, 'phantom', { seed: () => 1 }).ready({ index: 0, seed: 0, epoch: 0, normalize: 'scale' }),
    ).rejects.toThrow("work.config can't be sent to a worker");
  });
});

test('functions stay in their thread, and options are checked', () => {
  const workers = threads(1);
  expect(() => batches(dataset, { batchSize: 1, workers, transform })).toThrow(
    "be left out with worker threads: a function can't go there; name it in the work of sampleWorkers",
  );
  expect(() => threads(0)).toThrow('sampleWorkers: count (=0) must be a whole number of at least 1.');
  expect(() => sampleWorkers({ work: { kind: 'a', config: {} } })).toThrow('be the URL of a module');
  const misspelt = { work: { kind: 'a', config: {} }, registry, cuont: 2 };
  expect(() => sampleWorkers(misspelt)).toThrow(
    "sampleWorkers: 'cuont' is not an option; did you mean 'count'?",
  );
});
