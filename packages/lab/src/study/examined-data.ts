import type { Raster } from '@segscape/core';
import { type Dataset, type DatasetSummary, resizeArea, resizeNearest } from '@segscape/data';
import { outlineMask, toRgb } from '@segscape/report';
import { examineMasks, type MaskExamination } from '@segscape/study';
import type { DataConfig } from './data-config.js';
import { datasetOf } from './known-datasets.js';

interface Thumbnail {
  readonly id: string;
  /** RGB with the outlines of the mask. */
  readonly picture: Raster;
  readonly height: number;
  readonly width: number;
}

export interface ExaminedData {
  readonly length: number;
  readonly classes: readonly string[];
  readonly summary: DatasetSummary;
  readonly thumbnails: readonly Thumbnail[];
  readonly examination: MaskExamination;
}

const sheet = 12;
const thumbnailSide = 160;

async function thumbnail(dataset: Dataset, index: number): Promise<Thumbnail> {
  const { id, image, mask } = await dataset.get(index);
  const { height, width } = image;
  const factor = Math.min(1, thumbnailSide / Math.max(height, width));
  const [h, w] = [Math.max(1, Math.round(height * factor)), Math.max(1, Math.round(width * factor))];
  return { id, picture: outlineMask(resizeArea(image, h, w), resizeNearest(mask, h, w)), height, width };
}

/** Looks at what a config's `data` names: a contact sheet, and what the masks are like. */
export async function examinedData(config: DataConfig): Promise<ExaminedData> {
  const dataset = await datasetOf(config);
  const count = Math.min(sheet, dataset.length);
  const thumbnails: Thumbnail[] = [];
  for (let i = 0; i < count; i++)
    thumbnails.push(await thumbnail(dataset, Math.floor((i * dataset.length) / count)));
  return {
    length: dataset.length,
    classes: dataset.classes,
    summary: dataset.describe(),
    thumbnails,
    examination: await examineMasks(dataset),
  };
}

/** One picture as RGB, with its mask. */
export async function sampleOf(
  config: DataConfig,
  index: number,
): Promise<{ readonly id: string; readonly image: Raster; readonly mask: Raster; readonly classes: number }> {
  const dataset = await datasetOf(config);
  const { id, image, mask } = await dataset.get(index % dataset.length);
  return { id, image: toRgb(image), mask, classes: dataset.classes.length };
}
