import type { Raster } from '@segscape/core';
import { colourise, differenceMap, outlineMask, toRgb } from '@segscape/report';
import type { Sight } from '@segscape/study';

/** One image through one network, as it is shown. */
export interface SeenImage {
  readonly id: string;
  /** The image with the outlines of its truth, RGB. */
  readonly truth: Raster;
  /** Probability of what is looked for, coloured from 0 to 1. */
  readonly prediction: Raster;
  /** Both yellow, truth alone red, prediction alone green. */
  readonly difference: Raster;
  /** Loss of each pixel, coloured from 0 to `mostLoss`; absent where the asked loss is no sum over pixels. */
  readonly lossMap?: Raster;
  readonly mostLoss?: number;
  /** Every loss on this image. */
  readonly values: Readonly<Record<string, number>>;
  /** Mean probability of what is looked for. */
  readonly share: number;
  /** Whether batch statistics are those of the surface's middle, though it was drawn with others. */
  readonly carried: boolean;
}

const most = (values: Float32Array) => values.reduce((a, b) => Math.max(a, b), 0) || 1;

/** Probability of all classes but the first, which is what nobody looks for. */
const soughtIn = ({ data, channels }: Raster): Float32Array =>
  Float32Array.from({ length: data.length / channels }, (_, i) => 1 - data[i * channels]!);

/** The pictures of a sight. */
export function seenImage(sight: Sight): SeenImage {
  const { id, image, mask, probabilities, prediction, losses, lossMap } = sight;
  const { height, width } = probabilities;
  const probability = soughtIn(probabilities);
  const mostLoss = lossMap && most(lossMap);
  return {
    id,
    truth: outlineMask(toRgb(image), mask),
    prediction: colourise(probability, { height, width, min: 0, max: 1 }),
    difference: differenceMap(mask, prediction, image),
    ...(mostLoss !== undefined && {
      lossMap: colourise(lossMap!, { height, width, min: 0, max: mostLoss, scheme: 'inferno' }),
      mostLoss,
    }),
    values: losses,
    share: probability.reduce((sum, value) => sum + value, 0) / probability.length,
    carried: sight.carriedStatistics === true,
  };
}
