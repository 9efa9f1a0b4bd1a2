import type { Raster } from '@segscape/core';
import type { Objects } from '@segscape/study';
import type { Layer } from './layers.js';

/** One line of objects.csv: an object of one class, or an image that could not be segmented. */
export interface ObjectRow {
  readonly image: string;
  readonly object: number | '';
  readonly class: string;
  /** Of an image. */
  readonly areaPixels?: number | '';
  readonly areaSquareMicrometres?: number | '';
  /** Of a volume. */
  readonly volumeVoxels?: number | '';
  readonly volumeCubicMicrometres?: number | '';
  readonly confidence: number | '';
  readonly error: string;
}

/** Columns of objects.csv, in their order. */
export const objectColumns = (volumes: boolean): readonly (keyof ObjectRow)[] => [
  'image',
  'object',
  'class',
  ...(volumes
    ? (['volumeVoxels', 'volumeCubicMicrometres'] as const)
    : (['areaPixels', 'areaSquareMicrometres'] as const)),
  'confidence',
  'error',
];

/** The line of an image that was left out. */
export const errorRow = (image: string, error: string): ObjectRow => ({
  image,
  object: '',
  class: '',
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
  const { depth, height, width, spacing } = labels;
  const axes = depth === undefined ? 2 : 3;
  const known = spacing !== undefined && spacing.length >= axes;
  const pixelArea = known ? spacing.slice(-axes).reduce((a, b) => a * b, 1) : undefined;
  const area = new Float64Array(classOf.length + 1);
  const belief = new Float64Array(classOf.length + 1);
  for (let i = 0; i < labels.data.length; i++) {
    const object = labels.data[i]!;
    if (object === 0) continue;
    // Of volumes no other axis is scaled.
    const z = Math.floor(i / (width * height));
    const y = Math.floor((((Math.floor(i / width) % height) + 0.5) * probabilities.height) / height);
    const x = Math.floor((((i % width) + 0.5) * probabilities.width) / width);
    const at = ((z * probabilities.height + y) * probabilities.width + x) * probabilities.channels;
    area[object]!++;
    belief[object]! += probabilities.data[at + channelOf(classOf[object - 1]!)]!;
  }
  const sized = (count: number, micrometres: number | '') =>
    depth === undefined
      ? { areaPixels: count, areaSquareMicrometres: micrometres }
      : { volumeVoxels: count, volumeCubicMicrometres: micrometres };
  return classOf.map((c, n) => ({
    image,
    object: numbered + n + 1,
    class: classes[c]!,
    ...sized(area[n + 1]!, pixelArea === undefined ? '' : area[n + 1]! * pixelArea),
    confidence: Number((belief[n + 1]! / area[n + 1]!).toFixed(4)),
    error: '',
  }));
}
