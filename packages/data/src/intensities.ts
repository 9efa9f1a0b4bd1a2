import { assertOption, assertRaster, channelStatistics, type Raster } from '@segscape/core';

/**
 * How intensities become network inputs. `'scale'` (default): uint8 / 255, uint16 / 65,535, others as they are.
 * `'minmax'`: the image's own smallest value to 0, its largest to 1. `'standard'`: each channel of the image to
 * mean 0 and standard deviation 1. `'none'`. Or fixed figures per channel, subtracted and divided after `'scale'`.
 */
export type Normalize =
  | 'scale'
  | 'minmax'
  | 'standard'
  | 'none'
  | { readonly mean: readonly number[]; readonly deviation: readonly number[] };

function unitOf({ data }: Raster): number {
  if (data instanceof Uint8Array) return 255;
  return data instanceof Uint16Array ? 65_535 : 1;
}

/** Float32 intensities in the raster's layout. */
export function toFloats(raster: Raster, normalize: Normalize = 'scale'): Float32Array {
  assertRaster('toFloats', raster);
  const { data, channels } = raster;
  const out = new Float32Array(data.length);
  if (normalize === 'none' || normalize === 'scale') {
    const unit = normalize === 'none' ? 1 : unitOf(raster);
    for (let i = 0; i < out.length; i++) out[i] = data[i]! / unit;
    return out;
  }
  if (normalize === 'minmax') {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = 0; i < out.length; i++) {
      low = Math.min(low, data[i]!);
      high = Math.max(high, data[i]!);
    }
    const range = high - low || 1;
    for (let i = 0; i < out.length; i++) out[i] = (data[i]! - low) / range;
    return out;
  }
  const own = normalize === 'standard';
  const unit = own ? 1 : unitOf(raster);
  const { mean, deviation } = own ? channelStatistics(raster) : normalize;
  assertOption(
    mean.length === channels || own,
    'toFloats',
    'normalize',
    normalize,
    `have a mean and a deviation for each of the ${channels} channels`,
  );
  for (let i = 0; i < out.length; i++) {
    const c = i % channels;
    out[i] = (data[i]! / unit - mean[c]!) / (deviation[c]! || 1);
  }
  return out;
}

/** Checks the option at the edge. */
export function assertNormalize(where: string, normalize: Normalize): void {
  const words = ['scale', 'minmax', 'standard', 'none'];
  if (typeof normalize === 'string')
    assertOption(words.includes(normalize), where, 'normalize', normalize, `be one of ${words.join(', ')}`);
  else {
    const { mean, deviation } = normalize;
    assertOption(
      mean?.length > 0 && mean.length === deviation?.length,
      where,
      'normalize',
      normalize,
      'have a mean and a deviation for each channel',
    );
  }
}
