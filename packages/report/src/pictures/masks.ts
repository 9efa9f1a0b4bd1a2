import type { Raster } from '@segscape/core';
import { classColours, type Rgb } from './colours.js';
import { assertPicture } from './flat.js';
import { toRgb } from './rgb.js';

const both: Rgb = [255, 221, 51];
const truthOnly: Rgb = [220, 50, 47];
const predictionOnly: Rgb = [64, 180, 80];

const ignored = 255;

/**
 * Where truth and prediction agree on the foreground (any class but 0): both yellow, truth only red, prediction only green;
 * over the dimmed image where one is given. Pixels of the label 255 stay dark.
 * @param truth class indices, one channel.
 * @param prediction class indices of the same height and width.
 * @param image behind it, any channels, the same height and width.
 * @returns uint8, three channels.
 * @throws {SegscapeError} `SHAPE_MISMATCH` for volumes.
 */
export function differenceMap(truth: Raster, prediction: Raster, image?: Raster): Raster {
  for (const given of [truth, prediction, ...(image ? [image] : [])]) assertPicture('differenceMap', given);
  const { height, width } = truth;
  const base = image && toRgb(image);
  const data = new Uint8Array(height * width * 3);
  for (let i = 0; i < height * width; i++) {
    const [t, p] = [truth.data[i]!, prediction.data[i]!];
    if (t === ignored) continue;
    const colour = t > 0 && p > 0 ? both : t > 0 ? truthOnly : p > 0 ? predictionOnly : undefined;
    const gray = base ? (base.data[i * 3]! + base.data[i * 3 + 1]! + base.data[i * 3 + 2]!) / 3 : 0;
    for (let c = 0; c < 3; c++)
      data[i * 3 + c] = Math.round(colour ? 0.25 * gray + 0.75 * colour[c]! : 0.45 * gray);
  }
  return { data, height, width, channels: 3 };
}

/**
 * The image with the outlines of all classes but 0 drawn in their colours, inside the objects.
 * @param image any channels.
 * @param mask class indices of the same height and width.
 * @returns uint8, three channels; the image stays as it is.
 * @throws {SegscapeError} `SHAPE_MISMATCH` for volumes.
 */
export function outlineMask(image: Raster, mask: Raster): Raster {
  for (const given of [image, mask]) assertPicture('outlineMask', given);
  const { height, width } = mask;
  const out = toRgb(image);
  const thickness = Math.max(1, Math.round(Math.min(height, width) / 200));
  const label = (y: number, x: number) =>
    y < 0 || x < 0 || y >= height || x >= width ? 0 : mask.data[y * width + x]!;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const own = label(y, x);
      if (own === 0 || own === ignored) continue;
      if (!onEdge(label, y, x, own, thickness)) continue;
      const colour = classColours[(own - 1) % classColours.length]!;
      (out.data as Uint8Array).set(colour, (y * width + x) * 3);
    }
  return out;
}

/** Whether another class lies within `thickness` pixels along the axes. */
function onEdge(
  label: (y: number, x: number) => number,
  y: number,
  x: number,
  own: number,
  thickness: number,
): boolean {
  for (let d = 1; d <= thickness; d++)
    if (
      label(y - d, x) !== own ||
      label(y + d, x) !== own ||
      label(y, x - d) !== own ||
      label(y, x + d) !== own
    )
      return true;
  return false;
}
