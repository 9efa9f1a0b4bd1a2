import * as data from '@segscape/data';
import { expect, test } from 'vitest';

test('the public names are these', () => {
  expect(Object.keys(data).sort()).toMatchInlineSnapshot(`
    [
      "batches",
      "cachedDataset",
      "clahe",
      "claheSchema",
      "cocoDataset",
      "cocoSchema",
      "describeDataset",
      "folderDataset",
      "folderSchema",
      "guessGroup",
      "guessLayout",
      "idsOf",
      "isbi2012Dataset",
      "isbi2012Schema",
      "mappedDataset",
      "measureIntensities",
      "memoryDataset",
      "nnunetDataset",
      "nnunetSchema",
      "normalizeSchema",
      "overlapTiles",
      "pairTable",
      "phantomDataset",
      "phantomSchema",
      "predictTiled",
      "readImage",
      "readSplit",
      "readStack",
      "resizeArea",
      "resizeMajority",
      "resizeNearest",
      "rimOneDataset",
      "rimOneSchema",
      "sampleOrder",
      "sampleRandom",
      "splitDataset",
      "stackDataset",
      "stackSchema",
      "subset",
      "toFloats",
      "withChannels",
      "withoutAlpha",
    ]
  `);
});

test('every dataset refuses an option it does not have, and names the nearest', async () => {
  const wrong = { scael: 2, imagse: 'a', rooot: 'b', conut: 3 };
  for (const [name, make] of Object.entries(data).filter(([name]) => /^\w+Dataset$/.test(name))) {
    if (['memoryDataset', 'cachedDataset', 'splitDataset', 'describeDataset', 'mappedDataset'].includes(name))
      continue;
    const made = async () => (make as (options: object) => unknown)(wrong);
    await expect(made()).rejects.toThrow(
      new RegExp(`^${name}: '\\w+' is not an option; (did you mean '|known: )`),
    );
  }
});

test('so do batches, splits, tiles and samples in memory', async () => {
  const dataset = data.phantomDataset({ kind: 'fundus', count: 4, height: 16 });
  const sample = await dataset.get(0);
  const wrong = { shufle: true } as object;
  expect(() => data.batches(dataset, { batchSize: 1, ...wrong })).toThrow(
    "batches: 'shufle' is not an option; did you mean 'shuffle'?",
  );
  expect(() => data.batches(dataset, {} as data.BatchOptions)).toThrow('batches: batchSize is missing.');
  await expect(data.splitDataset(dataset, { tset: 0.5 } as object)).rejects.toThrow(
    "splitDataset: 'tset' is not an option; did you mean 'test'?",
  );
  const size = { inputSize: [8, 8] } as const;
  const over = { overlpa: 2 } as object;
  expect(() => data.overlapTiles(16, 16, { ...size, ...over })).toThrow(
    "overlapTiles: 'overlpa' is not an option; did you mean 'overlap'?",
  );
  await expect(data.predictTiled(sample.image, (images) => images, { ...size, ...over })).rejects.toThrow(
    "predictTiled: 'overlpa' is not an option; did you mean 'overlap'?",
  );
  expect(() => data.memoryDataset([sample], dataset.classes, { ignoreindex: 255 } as object)).toThrow(
    "memoryDataset: 'ignoreindex' is not an option; did you mean 'ignoreIndex'?",
  );
});
