import type { Raster } from '@segscape/core';
import { pathName } from '@segscape/runs';
import { classMask, type Prediction } from '@segscape/study';
import type { Segmenter } from './segmenter.js';

/** What one mask holds: all classes where they exclude each other, one where they overlap. */
export interface Layer {
  /** Appended to an image's name for its files. */
  readonly suffix: string;
  /** Names by label, that of what belongs to none first. */
  readonly labels: readonly string[];
  /** Channel of the probabilities of each label but the first. */
  readonly channelOf: (label: number) => number;
  readonly maskOf: (prediction: Prediction) => Raster;
}

/** The masks that each image gets. */
export function layersOf({
  classes,
  overlapping,
}: Pick<Segmenter, 'classes' | 'overlapping'>): readonly Layer[] {
  if (!overlapping)
    return [{ suffix: '', labels: classes, channelOf: (label) => label, maskOf: ({ mask }) => mask }];
  return classes.map((name, c) => ({
    suffix: `-${pathName(name)}`,
    labels: [`not ${name}`, name],
    channelOf: () => c,
    maskOf: ({ mask }) => classMask(mask, c),
  }));
}
