import { number, options } from '@segscape/core/schema';
import {
  averageSurfaceDistance,
  type BoundaryIouOptions,
  boundaryIou,
  boundaryIouSchema,
  hausdorffDistance,
  surfaceDice,
  surfaceOverlap,
} from '@segscape/metrics';
import type { Maker } from '../kind.js';
import { maker } from '../maker.js';
import type { Measure } from '../measure.js';
import { perClass } from './masks-of.js';

interface Tolerance {
  readonly tolerance?: number;
}

const toleranceSchema = options<Tolerance>({
  tolerance: number(
    'Distance that still counts as agreement, in µm where every image has a spacing, else in pixels.',
    {
      default: 1,
      minimum: 0,
    },
  ),
});

/**
 * How far borders are from each other. Distances are in µm where every file has a spacing, else in pixels: where some have
 * none, a mean over the images would be of neither. A class that one of the masks lacks is as far away as the image is wide, diagonally; one that both lack has none.
 */
export const surfaceKinds: Record<string, Maker<Measure>> = {
  hausdorff: maker(
    ({ percentile = 95 }: { percentile?: number }) =>
      perClass(({ labels, prediction, diagonal }) => ({
        [`hausdorff${percentile}`]: hausdorffDistance(labels, prediction, { percentile, oneEmpty: diagonal }),
      })),
    options<{ percentile?: number }>({
      percentile: number('Percentile of the surface distances.', { default: 95, minimum: 0, maximum: 100 }),
    }),
  ),
  surfaceDistance: maker(
    () =>
      perClass(({ labels, prediction, diagonal }) => ({
        surfaceDistance: averageSurfaceDistance(labels, prediction, { symmetric: true, oneEmpty: diagonal }),
      })),
    options<object>({}),
  ),
  surfaceDice: maker(
    ({ tolerance = 1 }: Tolerance) =>
      perClass(({ labels, prediction }) => ({ surfaceDice: surfaceDice(labels, prediction, { tolerance }) })),
    toleranceSchema,
  ),
  /** Both directions of surface Dice apart: what is missed, and what is invented. */
  surfaceOverlap: maker(
    ({ tolerance = 1 }: Tolerance) =>
      perClass(({ labels, prediction }) => {
        const near = surfaceOverlap(labels, prediction, { tolerance });
        return { surfaceRecall: near.truth, surfacePrecision: near.prediction };
      }),
    toleranceSchema,
  ),
  boundaryIou: maker(
    (given: BoundaryIouOptions) =>
      perClass(({ labels, prediction }) => ({ boundaryIou: boundaryIou(labels, prediction, given) })),
    boundaryIouSchema,
  ),
};
