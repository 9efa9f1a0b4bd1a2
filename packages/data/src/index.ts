/**
 * Images and masks from files, as datasets, splits, tiles and batches of tensors; and procedural phantoms.
 *
 *     import { batches, folderDataset, splitDataset } from '@segscape/data';
 *
 *     const dataset = await folderDataset({ images: 'images', masks: 'masks', classes: ['background', 'disc'] });
 *     const { train } = await splitDataset(dataset, { test: 0.2, seed: 1 });
 *     for await (const { images, labels } of batches(train, { batchSize: 4, shuffle: true, seed: 1 })) { … }
 *
 * @module
 */
export { type Batch, type BatchOptions, batches } from './batches.js';
export { withChannels, withoutAlpha } from './channels.js';
export { type ClaheOptions, clahe, claheSchema } from './clahe.js';
export { type CocoOptions, cocoDataset, cocoSchema } from './coco-dataset.js';
export {
  cachedDataset,
  type Dataset,
  type DatasetSummary,
  idsOf,
  type MemoryOptions,
  mappedDataset,
  memoryDataset,
  type SplitLists,
  subset,
} from './dataset.js';
export type { DatasetStatistics } from './dataset-statistics.js';
export { describeDataset } from './describe.js';
export { type Pass, sampleOrder, sampleRandom } from './epoch-random.js';
export { folderDataset } from './folder-dataset.js';
export { type FolderOptions, folderSchema } from './folder-options.js';
export type { FolderSource } from './folder-source.js';
export { guessGroup } from './guess-group.js';
export { type GuessedLayout, guessLayout } from './guess-layout.js';
export type { InstanceLabels } from './instances.js';
export {
  type Normalize,
  normalizeSchema,
  type Ranged,
  type Standardized,
  toFloats,
} from './intensities.js';
export { type Isbi2012Options, isbi2012Dataset, isbi2012Schema } from './isbi-2012.js';
export type { Layout } from './layouts.js';
export type { MaskOptions, MaskValue, MaskValues } from './mask-options.js';
export { measureIntensities } from './measure-intensities.js';
export { type NnunetOptions, nnunetDataset, nnunetSchema } from './nnunet-dataset.js';
export type { Oddities } from './oddities.js';
export { overlapTiles, type Tile, type TileOptions } from './overlap-tiles.js';
export { type PairRow, pairTable } from './pair-table.js';
export type { Pair } from './pairing.js';
export { type PhantomOptions, phantomDataset, phantomSchema } from './phantom-dataset.js';
export { readImage, readStack } from './read-image.js';
export type { ChannelAxis, Decoder, ReadOptions } from './read-options.js';
export { resizeArea, resizeMajority, resizeNearest } from './resample.js';
export { type RimOneOptions, rimOneDataset, rimOneSchema } from './rim-one.js';
export type { ImageSource } from './source.js';
export { type Split, type SplitOptions, splitDataset } from './split-dataset.js';
export { readSplit } from './split-lists.js';
export { type StackOptions, stackDataset, stackSchema } from './stack-dataset.js';
export type { TileWeights } from './tile-canvas.js';
export { type PredictTiledOptions, predictTiled } from './tiles.js';
