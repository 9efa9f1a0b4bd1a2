import * as data from '@segscape/data';
import { expect, test } from 'vitest';

test('the public names are these', () => {
  expect(Object.keys(data).sort()).toMatchInlineSnapshot(`
    [
      "batches",
      "cachedDataset",
      "cocoDataset",
      "describeDataset",
      "folderDataset",
      "memoryDataset",
      "nnunetDataset",
      "overlapTiles",
      "phantomDataset",
      "predictTiled",
      "readImage",
      "readSplit",
      "readStack",
      "resizeArea",
      "resizeMajority",
      "resizeNearest",
      "rimOneDataset",
      "splitDataset",
      "stackDataset",
      "subset",
      "toFloats",
      "withChannels",
      "withoutAlpha",
    ]
  `);
});
