import { decode } from 'fast-png';
import { type Decoded, unpacked } from './decoded.js';

/** 1 to 16 bits, gray, colour, palette, with or without alpha, interlaced too. */
export function decodePng(bytes: Uint8Array): Decoded {
  const { data, height, width, channels, depth, palette } = decode(bytes);
  const values = depth < 8 ? unpacked(data as Uint8Array, height, width, depth) : data;
  if (values.length !== height * width * channels)
    throw new Error(`${values.length} values for ${width}×${height}×${channels}`);
  const raster = {
    data:
      values instanceof Uint16Array
        ? values
        : new Uint8Array(values.buffer, values.byteOffset, values.length),
    height,
    width,
    channels,
  };
  if (palette === undefined) return { raster, bits: depth };
  return { raster, bits: depth, palette: Uint8Array.from(palette.flatMap(([r, g, b]) => [r!, g!, b!])) };
}
