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
  // What all channels share: where each neighbour begins (−1 outside) and its weight.
  const count = (order + 1) ** 2;
  const [places, weights] = [new Int32Array(count), new Float64Array(count)];
  return (y, x, at) => {
    if (!(findTaps(y, height, order, mode, rows) && findTaps(x, width, order, mode, columns))) {
      for (let c = 0; c < channels; c++) store(at + c, cval);
      return;
    }
    for (let i = 0, k = 0; i <= order; i++) {
      const row = rows.index[i]!;
      for (let j = 0; j <= order; j++, k++) {
        const column = columns.index[j]!;
        places[k] = row < 0 || column < 0 ? -1 : (row * width + column) * channels;
        weights[k] = rows.weight[i]! * columns.weight[j]!;
      }
    }
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let k = 0; k < count; k++) {
        const place = places[k]!;
        sum += weights[k]! * (place < 0 ? cval : data[place + c]!);
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
