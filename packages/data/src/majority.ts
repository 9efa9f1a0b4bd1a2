import { ignoreLabel, type Raster, type RasterData } from '@segscape/core';
import { type Cover, cover } from './cover.js';

/** Fills `out`, of that height and width, with the label that covers the most of each of its pixels. */
export function majorityInto<T extends RasterData>(
  out: T,
  mask: Raster,
  height: number,
  width: number,
  classes: number,
): T {
  const { data } = mask;
  const rows = cover(mask.height, height);
  const columns = cover(mask.width, width);
  // One bin more for void, unless 255 is a class of its own.
  const area = new Float64Array(classes + 1);
  const target = targets(columns, mask.width, width);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) {
      const [top, left] = [rows.first[y]!, columns.first[x]!];
      const [bottom, right] = [top + rows.count[y]!, left + columns.count[x]!];
      // Most targets lie within one class: nothing is to be weighed.
      if (isUniform(data, mask.width, top, bottom, left, right)) {
        out[at] = data[top * mask.width + left]!;
        continue;
      }
      area.fill(0);
      for (let row = top; row < bottom; row++) {
        const weight = rows.weights[y * rows.width + row - top]!;
        for (let column = left; column < right; column++) {
          const share = target.share[column]!;
          const own = target.left[column] === x ? share : 1 - share;
          area[Math.min(data[row * mask.width + column]!, classes)]! += weight * own;
        }
      }
      let best = 0;
      // Sums of equal halves must not be decided by rounding.
      for (let c = 1; c <= classes; c++) if (area[c]! > area[best]! + 1e-9) best = c;
      out[at] = best === classes ? ignoreLabel : best;
    }
  return out;
}

/** Whether a rectangle of an image of that width has one value. */
function isUniform(
  data: RasterData,
  width: number,
  top: number,
  bottom: number,
  left: number,
  right: number,
): boolean {
  const value = data[top * width + left]!;
  for (let row = top; row < bottom; row++)
    for (let at = row * width + left, end = at + right - left; at < end; at++)
      if (data[at] !== value) return false;
  return true;
}

/** For each source column the target column where it begins, and the share of it that lies there. */
function targets({ first, count, weights, width }: Cover, from: number, to: number) {
  const left = new Int32Array(from).fill(-1);
  const share = new Float64Array(from).fill(1);
  for (let x = 0; x < to; x++)
    for (let k = 0; k < count[x]!; k++) {
      const column = first[x]! + k;
      if (left[column] !== -1) continue;
      left[column] = x;
      share[column] = Math.min(1, (weights[x * width + k]! * from) / to);
      if (share[column]! > 1 - 1e-9) share[column] = 1;
    }
  return { left, share };
}
