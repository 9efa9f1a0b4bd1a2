import type { Raster } from '@segscape/core';
import { integer, number, options, share } from '@segscape/core/schema';
import {
  averageSurfaceDistance,
  type BoundaryIouOptions,
  boundaryIou,
  expectedCalibrationError,
  hausdorffDistance,
  instanceScores,
  surfaceDice,
} from '@segscape/metrics';
import { connectedComponents } from '@segscape/morphology';
import { axesOf } from '../axes.js';
import type { Maker } from './kind.js';
import { maker } from './maker.js';
import type { Measure, MeasuredImage } from './measure.js';

interface Pair {
  readonly labels: Raster;
  readonly prediction: Raster;
  /** Length of the image's diagonal, in the unit of its spacing: what a distance to nothing counts. */
  readonly diagonal: number;
}

/** One class of an image as two masks; pixels of no class are in neither. */
function masksOf({ labels, prediction, ignoreIndex }: MeasuredImage, label: number): Pair {
  const axes = axesOf(labels);
  const { depth, height, width, spacing = axes.map(() => 1) } = labels;
  const inside = ({ data }: Raster): Raster => ({
    data: Uint8Array.from(data, (value, i) => Number(value === label && labels.data[i] !== ignoreIndex)),
    ...(depth !== undefined && { depth }),
    height,
    width,
    channels: 1,
    spacing: [...spacing],
  });
  return {
    labels: inside(labels),
    prediction: inside(prediction),
    diagonal: Math.hypot(...axes.map((n, axis) => n * spacing.at(axis - axes.length)!)),
  };
}

/** A column for every class but the first, `surfaceDice.disc`; of a single class that one. */
const perClass =
  (name: string, value: (pair: Pair) => number): Measure =>
  (image) => {
    const { classes } = image;
    const from = classes.length > 1 ? 1 : 0;
    return Object.fromEntries(
      classes.slice(from).map((label, c) => [`${name}.${label}`, value(masksOf(image, from + c))]),
    );
  };

const toleranceLine = number('Distance that still counts as agreement, in the unit of the spacing.', {
  default: 1,
  minimum: 0,
});

/**
 * Measures that a config asks for beside the overlap ones. Distances are in µm where the files have a spacing, else in
 * pixels; a class that one of the masks lacks is as far away as the image is wide, diagonally; one that both lack has none.
 */
export const measureKinds: Record<string, Maker<Measure>> = {
  hausdorff: maker(
    ({ percentile = 95 }: { percentile?: number }) =>
      perClass(`hausdorff${percentile}`, ({ labels, prediction, diagonal }) =>
        hausdorffDistance(labels, prediction, { percentile, oneEmpty: diagonal }),
      ),
    options<{ percentile?: number }>({
      percentile: number('Percentile of the surface distances.', { default: 95, minimum: 0, maximum: 100 }),
    }),
  ),
  surfaceDistance: maker(
    () =>
      perClass('surfaceDistance', ({ labels, prediction, diagonal }) =>
        averageSurfaceDistance(labels, prediction, { symmetric: true, oneEmpty: diagonal }),
      ),
    options<object>({}),
  ),
  surfaceDice: maker(
    ({ tolerance = 1 }: { tolerance?: number }) =>
      perClass('surfaceDice', ({ labels, prediction }) => surfaceDice(labels, prediction, { tolerance })),
    options<{ tolerance?: number }>({ tolerance: toleranceLine }),
  ),
  boundaryIou: maker(
    (given: BoundaryIouOptions) =>
      perClass('boundaryIou', ({ labels, prediction }) => boundaryIou(labels, prediction, given)),
    options<BoundaryIouOptions>({
      dilationRatio: number('Width of the band as a share of the diagonal.', {
        default: 0.02,
        exclusiveMinimum: 0,
      }),
      width: number('Width of the band.', { minimum: 1, unit: 'pixels' }),
      bothEmpty: number('Result when both bands are empty; without it none.'),
    }),
  ),
  objects: maker(
    ({ overlap = 0.5, connectivity = 2 }: { overlap?: number; connectivity?: 1 | 2 }) =>
      perClass('objects', ({ labels, prediction }) => {
        const numbered = (mask: Raster) => connectedComponents(mask, { connectivity }).labels;
        return instanceScores(numbered(labels), numbered(prediction), {
          thresholds: [overlap],
          bothEmpty: Number.NaN,
        }).thresholds[0]!.f1;
      }),
    options<{ overlap?: number; connectivity?: 1 | 2 }>({
      overlap: number('IoU above which two objects are one.', { default: 0.5, ...share }),
      connectivity: integer('1: pixels that share a side are of one object; 2: a corner is enough.', {
        default: 2,
        minimum: 1,
        maximum: 2,
      }),
    }),
  ),
  calibrationError: maker(
    ({ bins = 15 }: { bins?: number }): Measure =>
      ({ labels, probabilities, ignoreIndex }) =>
        expectedCalibrationError(
          { data: labels.data, shape: [1, ...axesOf(labels)] },
          { data: probabilities.data, shape: [1, ...axesOf(labels), probabilities.channels] },
          { bins, ...(ignoreIndex !== undefined && { ignoreIndex }) },
        ),
    options<{ bins?: number }>({ bins: integer('Bins of equal width.', { default: 15, minimum: 1 }) }),
  ),
};
