import type { Raster } from '@segscape/core';
import { axesOf } from '../../axes.js';
import type { Measure, MeasuredImage } from '../measure.js';

/** One class of an image as two masks; pixels of no class are in neither. */
export interface Pair {
  readonly labels: Raster;
  readonly prediction: Raster;
  /** Length of the image's diagonal, in the unit of its spacing: what a distance to nothing counts. */
  readonly diagonal: number;
}

/** Which pixels of an image a class has. */
type Inside = (label: number) => (value: number, at: number) => boolean;

/** Those whose probability is above a threshold, in place of those that are likeliest of it. */
const aboveThreshold =
  ({ probabilities: { data, channels } }: MeasuredImage, threshold: number): Inside =>
  (label) =>
  (_, at) =>
    data[at * channels + label]! > threshold;

function masksOf(image: MeasuredImage, label: number, threshold: number | undefined): Pair {
  const { labels, prediction, ignoreIndex } = image;
  const axes = axesOf(labels);
  const { depth, height, width, spacing = axes.map(() => 1) } = labels;
  const ofClass: Inside = (wanted) => (value) => value === wanted;
  const predicted = threshold === undefined ? ofClass : aboveThreshold(image, threshold);
  const inside = ({ data }: Raster, is: Inside): Raster => ({
    data: Uint8Array.from(data, (value, i) => Number(is(label)(value, i) && labels.data[i] !== ignoreIndex)),
    ...(depth !== undefined && { depth }),
    height,
    width,
    channels: 1,
    spacing: [...spacing],
  });
  return {
    labels: inside(labels, ofClass),
    prediction: inside(prediction, predicted),
    diagonal: Math.hypot(...axes.map((n, axis) => n * spacing.at(axis - axes.length)!)),
  };
}

/** The classes that measures have columns for: every one but the first; of a single class that one. */
export function measuredClasses(
  classes: readonly string[],
): { readonly name: string; readonly label: number }[] {
  const from = classes.length > 1 ? 1 : 0;
  return classes.slice(from).map((name, c) => ({ name, label: from + c }));
}

/**
 * Columns for each measured class, `surfaceDice.disc`.
 * @param threshold the probability above which a pixel is predicted to be of a class. Default: the likeliest class.
 */
export const perClass =
  (measured: (pair: Pair) => Readonly<Record<string, number>>, threshold?: number): Measure =>
  (image) =>
    Object.fromEntries(
      measuredClasses(image.classes).flatMap(({ name, label }) =>
        Object.entries(measured(masksOf(image, label, threshold))).map(([column, value]) => [
          `${column}.${name}`,
          value,
        ]),
      ),
    );
