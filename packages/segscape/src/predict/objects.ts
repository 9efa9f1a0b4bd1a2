import type { Raster } from '@segscape/core';
import type { Objects } from '@segscape/study';
import type { Layer } from './layers.js';

/** One line of objects.csv: an object of one class, or an image that could not be segmented. */
export interface ObjectRow {
  readonly image: string;
  readonly object: number | '';
  readonly class: string;
  readonly areaPixels: number | '';
  readonly areaSquareMicrometres: number | '';
  readonly confidence: number | '';
  readonly error: string;
}

export const objectColumns: readonly (keyof ObjectRow)[] = [
  'image',
  'object',
  'class',
  'areaPixels',
  'areaSquareMicrometres',
  'confidence',
  'error',
];

/** The line of an image that was left out. */
export const errorRow = (image: string, error: string): ObjectRow => ({
  image,
  object: '',
  class: '',
  areaPixels: '',
  areaSquareMicrometres: '',
  confidence: '',
  error,
});

/**
 * Confidence is that of the network's own pixels, so the labels are compared at its size.
 * @param numbered how many objects of the image have a number already.
 */
export function objectsOf(
  image: string,
  { labels, classOf }: Objects,
  probabilities: Raster,
  { labels: classes, channelOf }: Layer,
  numbered: number,
): ObjectRow[] {
  const { height, width, spacing } = labels;
  const pixelArea = spacing?.slice(-2).reduce((a, b) => a * b, 1);
  const area = new Float64Array(classOf.length + 1);
  const belief = new Float64Array(classOf.length + 1);
  for (let i = 0; i < labels.data.length; i++) {
    const object = labels.data[i]!;
    if (object === 0) continue;
    const y = Math.floor(((Math.floor(i / width) + 0.5) * probabilities.height) / height);
    const x = Math.floor((((i % width) + 0.5) * probabilities.width) / width);
    const at = (y * probabilities.width + x) * probabilities.channels;
    area[object]!++;
    belief[object]! += probabilities.data[at + channelOf(classOf[object - 1]!)]!;
  }
  return classOf.map((c, n) => ({
    image,
    object: numbered + n + 1,
    class: classes[c]!,
    areaPixels: area[n + 1]!,
    areaSquareMicrometres: pixelArea === undefined ? '' : area[n + 1]! * pixelArea,
    confidence: Number((belief[n + 1]! / area[n + 1]!).toFixed(4)),
    error: '',
  }));
}
