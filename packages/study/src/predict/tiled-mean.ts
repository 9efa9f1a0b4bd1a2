import type { Raster } from '@segscape/core';
import { type Normalize, predictTiled } from '@segscape/data';
import type { Model } from '@segscape/models';
import type { Tensor } from '@tensorflow/tfjs-core';
import { largestBlock, largestTile } from '../chosen-network.js';
import { averaging } from './averaging.js';
import { orientations, oriented, upright } from './orientations.js';

interface AveragedNetwork {
  /** Sizes that it takes and gives. */
  readonly model: Pick<Model, 'inputSizeFor' | 'outputSize'>;
  /** From images to what is averaged: probabilities, of one network alone logits too; channels last. */
  readonly predict: (images: Tensor) => Tensor | Promise<Tensor>;
  /** How it wants intensities. */
  readonly normalize: Normalize;
}

export interface Averaged {
  readonly networks: readonly AveragedNetwork[];
  /** Over all flips and quarter turns. */
  readonly tta: boolean;
}

/** The largest piece of an image or volume that is seen at once. */
function tileOf({
  depth,
  height,
  width,
}: Raster): readonly [number, number] | readonly [number, number, number] {
  if (depth === undefined) return [Math.min(height, largestTile), Math.min(width, largestTile)];
  const [most, side] = largestBlock;
  return [Math.min(depth, most), Math.min(height, side), Math.min(width, side)];
}

/**
 * The mean of what networks make of an image or volume of any size, over them and over orientations: in tiles that overlap by a
 * quarter, the Gaussian mean of them where they do.
 * @param onProgress called after each tile; the total counts all networks and orientations.
 * @returns float32 `[[depth,] height, width, classes]`, with the image's spacing.
 */
export async function tiledMean(
  image: Raster,
  { networks, tta }: Averaged,
  signal?: AbortSignal,
  onProgress: (completed: number, total: number) => void = () => {},
): Promise<Raster> {
  const views = tta ? orientations : orientations.slice(0, 1);
  const count = views.length * networks.length;
  const mean = averaging(count);
  let passes = 0;
  for (const view of views) {
    const seen = oriented(image, view);
    for (const { model, predict, normalize } of networks) {
      const inputSize = model.inputSizeFor(tileOf(seen));
      const outputSize = model.outputSize(inputSize);
      const probabilities = await predictTiled(seen, predict, {
        inputSize,
        outputSize,
        normalize,
        overlap: Math.floor(Math.min(...outputSize) / 4),
        weights: 'gaussian',
        onProgress: (done, tiles) => onProgress(passes * tiles + done, count * tiles),
        ...(signal && { signal }),
      });
      mean.add(upright(probabilities, view));
      passes++;
    }
  }
  return { ...mean.result(), ...(image.spacing && { spacing: image.spacing }) };
}
