/// <reference path="../omggif.d.ts" />
import { GifReader } from 'omggif';
import type { Decoded } from './decoded.js';

/** The first frame; one channel when all its colours are gray. */
export function decodeGif(bytes: Uint8Array): Decoded {
  const reader = new GifReader(bytes);
  const { width, height } = reader;
  const rgba = new Uint8Array(width * height * 4);
  reader.decodeAndBlitFrameRGBA(0, rgba);
  let channels = 1;
  for (let i = 0; i < rgba.length && channels === 1; i += 4)
    if (rgba[i] !== rgba[i + 1] || rgba[i] !== rgba[i + 2]) channels = 3;
  const data = new Uint8Array(width * height * channels);
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < channels; c++) data[i * channels + c] = rgba[4 * i + c]!;
  return { raster: { data, height, width, channels }, bits: 8 };
}
