import type { Raster } from '@segscape/core';
import { connectedComponents } from '@segscape/morphology';
import type { Prediction } from '@segscape/study';

/** One line of objects.csv: a connected piece of one class, or an image that could not be segmented. */
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

/** Confidence is that of the network's own pixels, so the mask is compared at its size. */
export function objectsOf(
  image: string,
  { mask, probabilities }: Prediction,
  classes: readonly string[],
): ObjectRow[] {
  const rows: ObjectRow[] = [];
  const { height, width } = mask;
  const pixelArea = mask.spacing ? mask.spacing.slice(-2).reduce((a, b) => a * b, 1) : undefined;
  for (let c = 1; c < classes.length; c++) {
    const own: Raster = { ...mask, data: Uint8Array.from(mask.data, (v) => Number(v === c)) };
    const { labels, count } = connectedComponents(own);
    const area = new Float64Array(count + 1);
    const belief = new Float64Array(count + 1);
    for (let i = 0; i < labels.data.length; i++) {
      const object = labels.data[i]!;
      if (object === 0) continue;
      const y = Math.floor(((Math.floor(i / width) + 0.5) * probabilities.height) / height);
      const x = Math.floor((((i % width) + 0.5) * probabilities.width) / width);
      area[object]!++;
      belief[object]! += probabilities.data[(y * probabilities.width + x) * probabilities.channels + c]!;
    }
    for (let object = 1; object <= count; object++)
      rows.push({
        image,
        object: rows.length + 1,
        class: classes[c]!,
        areaPixels: area[object]!,
        areaSquareMicrometres: pixelArea === undefined ? '' : area[object]! * pixelArea,
        confidence: Number((belief[object]! / area[object]!).toFixed(4)),
        error: '',
      });
  }
  return rows;
}
