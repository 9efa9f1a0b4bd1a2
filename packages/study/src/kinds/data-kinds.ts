import {
  cocoDataset,
  cocoSchema,
  type Dataset,
  folderDataset,
  folderSchema,
  isbi2012Dataset,
  isbi2012Schema,
  nnunetDataset,
  nnunetSchema,
  type PhantomOptions,
  phantomDataset,
  phantomSchema,
  rimOneDataset,
  rimOneSchema,
  stackDataset,
  stackSchema,
} from '@segscape/data';
import type { Maker } from './kind.js';
import { adapted, maker } from './maker.js';

interface PhantomConfig extends Partial<Omit<PhantomOptions, 'kind'>> {
  readonly phantom?: PhantomOptions['kind'];
}

/** Enough for a first look. */
const fewImages = 24;

const phantom = ({ phantom: kind = 'fundus', count = fewImages, ...options }: PhantomConfig) =>
  phantomDataset({ ...options, kind, count });

const { kind: drawn, count } = phantomSchema.properties;

export const dataKinds: Record<string, Maker<Dataset | Promise<Dataset>>> = {
  // A config's own `kind` names the dataset, so what the phantom shows has another name.
  phantom: maker(
    phantom,
    adapted(phantomSchema, ['kind', 'count'], {
      phantom: { ...drawn, default: 'fundus' },
      count: { ...count, default: fewImages },
    }),
  ),
  folder: maker(folderDataset, folderSchema),
  stack: maker(stackDataset, stackSchema),
  'isbi-2012': maker(isbi2012Dataset, isbi2012Schema),
  'rim-one': maker(rimOneDataset, rimOneSchema),
  nnunet: maker(nnunetDataset, nnunetSchema),
  coco: maker(cocoDataset, cocoSchema),
};
