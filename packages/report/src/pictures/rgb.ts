import type { Raster } from '@segscape/core';
import { assertPicture } from './flat.js';

/** How intensities become bytes: 8-bit as they are, 16-bit over their range, the rest over the image's own range. */
function scaling({ data }: Raster): (value: number) => number {
  if (data instanceof Uint8Array) return (value) => value;
  if (data instanceof Uint16Array) return (value) => value / 257;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const range = high - low || 1;
  return (value) => (255 * (value - low)) / range;
}

/**
 * Any image as 8-bit RGB, to look at: gray is repeated, alpha left out.
 * @param image uint8, uint16 or float, any channels.
 * @returns uint8, three channels.
 * @throws {SegscapeError} `SHAPE_MISMATCH` for a volume.
 */
export function toRgb(image: Raster): Raster {
  assertPicture('toRgb', image);
  const { data, height, width, channels } = image;
  const scale = scaling(image);
  const out = new Uint8Array(height * width * 3);
  for (let i = 0; i < height * width; i++)
    for (let c = 0; c < 3; c++)
      out[i * 3 + c] = Math.round(scale(data[i * channels + (channels >= 3 ? c : 0)]!));
  return { data: out, height, width, channels: 3 };
}
