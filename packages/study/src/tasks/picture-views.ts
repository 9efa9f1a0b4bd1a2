import type { Raster } from '@segscape/core';
import { pathName } from '@segscape/runs';
import { largestClass } from '../largest-class.js';
import { channelOf, decidedPlanes } from '../overlapping/label-planes.js';
import type { Setup } from '../setup.js';
import type { SamplePrediction } from './sample-prediction.js';

/** What pictures of a sample are drawn of: all classes together, or one of several that overlap. */
export interface PictureView {
  /** The class, where it is one. */
  readonly of?: string;
  /** Behind the names of its files. */
  readonly suffix: string;
  readonly truth: Raster;
  readonly prediction: Raster;
  /** 1 − the probability of what is true of each pixel; 0 where nothing is known. */
  readonly doubt: Float32Array;
}

/** One view of classes that exclude each other, else one of each class. */
export function viewsOf(
  { classes, overlapping, ignoreIndex }: Pick<Setup, 'classes' | 'overlapping' | 'ignoreIndex'>,
  { height, width, labels, probabilities }: SamplePrediction,
): PictureView[] {
  const form = { height, width, channels: 1 };
  const channels = classes.length;
  if (!overlapping)
    return [
      {
        suffix: '',
        truth: { ...form, data: Uint8Array.from(labels) },
        prediction: largestClass({ ...form, data: probabilities, channels }),
        doubt: Float32Array.from(labels, (label, i) =>
          label === ignoreIndex ? 0 : 1 - probabilities[i * channels + label]!,
        ),
      },
    ];
  return classes.map((of, c) => {
    const [truth, p] = [channelOf(labels, channels, c), channelOf(probabilities, channels, c)];
    return {
      of,
      suffix: `-class-${pathName(of)}`,
      truth: { ...form, data: Uint8Array.from(truth) },
      prediction: decidedPlanes({ ...form, data: p }),
      doubt: Float32Array.from(truth, (label, i) =>
        label === ignoreIndex ? 0 : label === 1 ? 1 - p[i]! : p[i]!,
      ),
    };
  });
}
