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
      "guessLayout",
      "mappedDataset",
      "measureIntensities",
      "memoryDataset",
      "nnunetDataset",
      "nnunetSchema",
      "normalizeSchema",
      "overlapTiles",
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
