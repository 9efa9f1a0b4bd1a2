import type { RasterData } from '@segscape/core';
import { findTaps, taps } from './sampler.js';
import type { Sampling, Source } from './sampling.js';
import { storing } from './store.js';

/** Writes the channels of one pixel of the result, the careful way that knows the borders. */
export type PlaneSampler = (y: number, x: number, at: number) => void;

/** Samples one slice; `data` may be a part of the source's. */
export function planeSampler(
  { data, shape, channels }: Source,
  { order, mode, cval }: Sampling,
  out: RasterData,
): PlaneSampler {
  const [height, width] = shape as [number, number];
  const [rows, columns] = [taps(), taps()];
  const store = storing(out);
  return (y, x, at) => {
    const inside = findTaps(y, height, order, mode, rows) && findTaps(x, width, order, mode, columns);
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      if (!inside) sum = cval;
      else
        for (let i = 0; i <= order; i++)
          for (let j = 0; j <= order; j++) {
            const [row, column] = [rows.index[i]!, columns.index[j]!];
            const value = row < 0 || column < 0 ? cval : data[(row * width + column) * channels + c]!;
            sum += rows.weight[i]! * columns.weight[j]! * value;
          }
      store(at + c, sum);
    }
  };
}

/** Samples a volume: writes the channels of one voxel of the result. */
export type VolumeSampler = (z: number, y: number, x: number, at: number) => void;

export function volumeSampler(
  { data, shape, channels }: Source,
  { order, mode, cval }: Sampling,
  out: RasterData,
): VolumeSampler {
  const [depth, height, width] = shape as [number, number, number];
  const [slices, rows, columns] = [taps(), taps(), taps()];
  const store = storing(out);
  const sums = new Float64Array(channels);
  return (z, y, x, at) => {
    const inside =
      findTaps(z, depth, order, mode, slices) &&
      findTaps(y, height, order, mode, rows) &&
      findTaps(x, width, order, mode, columns);
    sums.fill(inside ? 0 : cval);
    if (inside)
      for (let i = 0; i <= order; i++)
        for (let j = 0; j <= order; j++) {
          const [slice, row] = [slices.index[i]!, rows.index[j]!];
          const above = slices.weight[i]! * rows.weight[j]!;
          const line = (slice * height + row) * width;
          for (let k = 0; k <= order; k++) {
            const column = columns.index[k]!;
            const weight = above * columns.weight[k]!;
            const outside = slice < 0 || row < 0 || column < 0;
            for (let c = 0; c < channels; c++)
              sums[c]! += weight * (outside ? cval : data[(line + column) * channels + c]!);
          }
        }
    for (let c = 0; c < channels; c++) store(at + c, sums[c]!);
  };
}
