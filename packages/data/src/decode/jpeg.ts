import jpeg from 'jpeg-js';
import type { Decoded } from './decoded.js';

/** Number of colour components, from the frame header; 3 when there is none. */
function components(bytes: Uint8Array): number {
  let at = 2;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1]!;
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return bytes[at + 9]!;
    at += 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
  }
  return 3;
}

/** The end-of-image marker, which a truncated file lacks; cameras may append a few bytes after it. */
function ends(bytes: Uint8Array): boolean {
  for (let at = bytes.length - 2; at >= 2; at--)
    if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return true;
  return false;
}

/** Baseline and progressive, gray or colour; the orientation that EXIF may give is not applied, as in PIL. */
export function decodeJpeg(bytes: Uint8Array): Decoded {
  if (!ends(bytes)) throw new Error('the end marker is missing: the file is truncated');
  const { data, height, width } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxMemoryUsageInMB: 4096,
    maxResolutionInMP: 400,
  });
  if (components(bytes) !== 1) return { raster: { data, height, width, channels: 3 }, bits: 8 };
  const gray = new Uint8Array(height * width);
  for (let i = 0; i < gray.length; i++) gray[i] = data[3 * i]!;
  return { raster: { data: gray, height, width, channels: 1 }, bits: 8 };
}
