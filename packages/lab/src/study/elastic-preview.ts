import { elastic, withGridLines } from '@segscape/augment';
import { type Raster, random } from '@segscape/core';
import { resizeArea, resizeMajority } from '@segscape/data';
import { outlineMask, toRgb } from '@segscape/report';
import type { DataConfig } from './data-config.js';
import { sampleOf } from './examined-data.js';

/** What a preview of elastic deformation is asked for. */
export interface ElasticLook {
  /** Scale of the displacement, pixels. */
  readonly alpha: number;
  /** Standard deviation of the smoothing, pixels. */
  readonly sigma: number;
  /** Draw a square grid, so that one sees how the picture moves. */
  readonly lines: boolean;
  /** Side of the square whose pixels a training image may have. */
  readonly side: number;
  readonly seed: number;
}

/** A picture before and after, RGB with the outlines of its mask. */
export interface ElasticPreview {
  readonly before: Raster;
  readonly after: Raster;
}

/** A picture at the size that the study trains on, since lengths are pixels of it, before and after one deformation. */
export async function elasticPreview(
  data: DataConfig,
  picture: number,
  { alpha, sigma, lines, side, seed }: ElasticLook,
): Promise<ElasticPreview> {
  const sample = await sampleOf(data, picture);
  const { height, width } = sample.image;
  const factor = Math.min(1, side / Math.sqrt(height * width));
  const [h, w] = [Math.round(height * factor), Math.round(width * factor)];
  const small = factor < 1 ? resizeArea(sample.image, h, w) : sample.image;
  const mask = factor < 1 ? resizeMajority(sample.mask, h, w, sample.classes) : sample.mask;
  const image = lines
    ? withGridLines(small, { spacing: Math.max(8, Math.round(Math.min(h, w) / 12)) })
    : small;
  const moved = elastic({ alpha, sigma })({ ...sample, image, mask }, random(seed));
  return { before: outlineMask(toRgb(image), mask), after: outlineMask(toRgb(moved.image), moved.mask) };
}
