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

/** The classes that measures have columns for: every one but the first; of a single class that one. */
export function measuredClasses(
  classes: readonly string[],
): { readonly name: string; readonly label: number }[] {
  const from = classes.length > 1 ? 1 : 0;
  return classes.slice(from).map((name, c) => ({ name, label: from + c }));
}

/** Columns for each measured class, `surfaceDice.disc`. */
export const perClass =
  (measured: (pair: Pair) => Readonly<Record<string, number>>): Measure =>
  (image) =>
    Object.fromEntries(
      measuredClasses(image.classes).flatMap(({ name, label }) =>
        Object.entries(measured(masksOf(image, label))).map(([column, value]) => [
          `${column}.${name}`,
          value,
        ]),
      ),
    );
