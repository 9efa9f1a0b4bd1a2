import type { Raster } from '@segscape/core';

/** Interpolated linearly between the two values about its place, as NumPy's default. */
export function percentileOf(sorted: ArrayLike<number>, percent: number): number {
  const place = (percent / 100) * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place - Math.floor(place));
}

/** Every `step`-th value of a channel that is a number and finite. */
export function valuesOfChannel({ data, channels }: Raster, channel: number, step = 1): Float32Array {
  const out = new Float32Array(Math.ceil(data.length / channels / step));
  let count = 0;
  for (let i = channel; i < data.length; i += channels * step)
    if (Number.isFinite(data[i]!)) out[count++] = data[i]!;
  return out.subarray(0, count);
}

/**
 * Percentiles of each channel; values that are no finite numbers are passed over, and a channel of none gives 0.
 * @returns for each channel its percentiles, in the order asked for.
 */
export function channelPercentiles(raster: Raster, percents: readonly number[]): number[][] {
  return Array.from({ length: raster.channels }, (_, channel) => {
    const sorted = valuesOfChannel(raster, channel).sort();
    return percents.map((percent) => (sorted.length === 0 ? 0 : percentileOf(sorted, percent)));
  });
}
