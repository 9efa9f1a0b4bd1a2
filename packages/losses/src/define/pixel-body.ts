import { mean, squeeze, type Tensor } from '@tensorflow/tfjs-core';
import { fromPixels } from '../class-planes/planes.js';
import { reduceMap } from '../class-planes/reduce.js';
import type { LossBody, LossLabels } from '../loss.js';
import type { PixelOptions } from './shared-options.js';

/** The losses of single pixels. */
export interface PixelTerms {
  /** `[batch, pixels]`, or class planes where each class of a pixel has a loss of its own; 0 where ignored. */
  readonly each: Tensor;
  /** What each pixel counts in the mean, `[batch, pixels]`; undefined when all count one. */
  readonly weight: Tensor | undefined;
}

/** A sum over pixels: its value by the reduction, and its map, a pixel's classes averaged. */
export function pixelBody(
  { ignoredInMean = false, reduction = 'mean' }: PixelOptions,
  terms: (labels: LossLabels, logits: Tensor) => PixelTerms,
): LossBody & Required<Pick<LossBody, 'map'>> {
  return {
    value: (labels, logits) => {
      const { each, weight } = terms(labels, logits);
      const classes = each.rank === 3 ? (each.shape[0] as number) : 1;
      const map = each.rank === 3 && classes === 1 ? squeeze(each, [0]) : each;
      return reduceMap(map, reduction, logits, ignoredInMean ? undefined : weight, classes);
    },
    map: (labels, logits) => {
      const { each } = terms(labels, logits);
      return fromPixels(each.rank === 3 ? mean(each, 0) : each, logits);
    },
  };
}
