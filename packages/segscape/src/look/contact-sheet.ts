import type { Raster } from '@segscape/core';
import { type Dataset, resizeArea, resizeNearest } from '@segscape/data';
import { outlineMask, toRgb } from '@segscape/report';

/** Side of a picture on the sheet, and the gap between two, in pixels. */
const side = 200;
const gap = 4;
const columns = 6;

/** Pasted into the sheet at a cell. */
function paste(sheet: Raster, cell: number, picture: Raster): void {
  const top = Math.floor(cell / columns) * (side + gap) + Math.floor((side - picture.height) / 2);
  const left = (cell % columns) * (side + gap) + Math.floor((side - picture.width) / 2);
  for (let y = 0; y < picture.height; y++)
    sheet.data.set(
      picture.data.subarray(3 * y * picture.width, 3 * (y + 1) * picture.width),
      3 * ((top + y) * sheet.width + left),
    );
}

/** Images of a dataset with the outlines of their masks, spread over the set, on one picture. */
export async function contactSheet(dataset: Dataset, most = 36): Promise<Raster> {
  const count = Math.min(most, dataset.length);
  const rows = Math.ceil(count / columns);
  const width = Math.min(columns, count) * (side + gap) - gap;
  const height = rows * (side + gap) - gap;
  const sheet: Raster = { data: new Uint8Array(height * width * 3).fill(255), height, width, channels: 3 };
  for (let k = 0; k < count; k++) {
    const { image, mask } = await dataset.get(Math.floor((k * dataset.length) / count));
    const flat = flattened(image);
    const factor = Math.min(side / flat.height, side / flat.width);
    const size = [
      Math.max(1, Math.round(flat.height * factor)),
      Math.max(1, Math.round(flat.width * factor)),
    ] as const;
    const small = (factor < 1 ? resizeArea : resizeNearest)(toRgb(flat), ...size);
    paste(sheet, k, outlineMask(small, resizeNearest(flattened(mask), ...size)));
  }
  return sheet;
}

/** The middle slice of a volume. */
function flattened(raster: Raster): Raster {
  const { data, height, width, channels, depth } = raster;
  if (depth === undefined) return raster;
  const size = height * width * channels;
  const middle = Math.floor(depth / 2);
  return { data: data.slice(middle * size, (middle + 1) * size), height, width, channels };
}
