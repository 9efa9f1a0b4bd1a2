import { cmykToRgb } from './colour.js';
import type { Decoded } from './decoded.js';
import type { Limits } from './faults.js';
import { lumaToRgb } from './jpeg/colour.js';
import { type JpegFile, readJpeg } from './jpeg/file.js';
import { type Plane, upsampledRow } from './jpeg/upsample.js';

/** Whether the file itself says that the first three components are luma and chroma, or that they are not. */
function saidLuma({ components, jfif, adobe }: JpegFile): boolean | undefined {
  if (components.length === 4) return adobe !== undefined && adobe !== 0;
  if (components.length !== 3) return false;
  if (jfif) return true;
  return adobe === undefined ? undefined : adobe !== 0;
}

/** As libjpeg decides (its `default_decompress_parms`). */
function isLuma(file: JpegFile): boolean {
  const said = saidLuma(file);
  if (said !== undefined) return said;
  const { components } = file;
  const ids = components.map(({ component }) => component.id);
  return String.fromCharCode(...ids) !== 'RGB';
}

/** Components at full size, side by side, luma and chroma as red, green and blue. */
function pixelsOf({ frame, components }: JpegFile, luma: boolean): Uint8ClampedArray {
  const { width, height, h, v } = frame;
  const channels = components.length;
  const planes: Plane[] = components.map(({ component, samples }) => ({
    data: samples,
    stride: component.stride * 8,
    width: component.width,
    height: component.height,
  }));
  const rows = planes.map(() => new Int32Array(width));
  const out = new Uint8ClampedArray(width * height * channels);
  const convert = lumaToRgb();
  for (let y = 0; y < height; y++) {
    const at = y * width * channels;
    for (let c = 0; c < channels; c++) {
      const plane = planes[c]!;
      const { component } = components[c]!;
      const row = rows[c]!;
      upsampledRow(plane, y, h / component.h, v / component.v, width, row);
      if (!luma || c === 3) for (let x = 0; x < width; x++) out[at + x * channels + c] = row[x]!;
    }
    if (luma) convert(rows, width, out, at, channels);
  }
  return out;
}

/**
 * Components of a JPEG inside another file, whose own header says what they mean.
 * @param luma whether the first three are luma and chroma, to be turned into red, green and blue: as that header says,
 * or by the JPEG data where they say it.
 */
export function decodeJpegPart(
  bytes: Uint8Array,
  limits: Limits,
  luma: boolean | 'if said' | 'unless said',
  tables?: Uint8Array,
) {
  const file = readJpeg(bytes, limits, tables);
  const { width, height } = file.frame;
  const turned = typeof luma === 'boolean' ? luma : (saidLuma(file) ?? luma === 'unless said');
  const pixels = pixelsOf(file, turned && file.components.length >= 3);
  return { data: new Uint8Array(pixels.buffer), width, height, channels: file.components.length };
}

/**
 * Baseline and progressive, gray (one channel), colour, or CMYK turned to RGB; the same bits as libjpeg-turbo, in
 * Node and every browser: luma and chroma or plain RGB as the Adobe marker or the components' names say, chroma
 * interpolated. Data that are damaged or end early are refused, where libjpeg would guess.
 */
export function decodeJpeg(bytes: Uint8Array, limits: Limits): Decoded {
  const file = readJpeg(bytes, limits);
  const { width, height } = file.frame;
  const orientation = file.orientation ?? 1;
  const luma = isLuma(file);
  const data = new Uint8Array(pixelsOf(file, luma).buffer);
  const channels = file.components.length;
  if (channels !== 4) return { raster: { data, height, width, channels }, bits: 8, orientation };
  // Luma and chroma stand for what ink leaves. Ink is stored inverted, as Adobe does and Pillow takes for granted.
  if (!luma) for (let i = 0; i < data.length; i++) data[i] = 255 - data[i]!;
  else for (let i = 3; i < data.length; i += 4) data[i] = 255 - data[i]!;
  return { raster: { data: cmykToRgb(data, 4, 255), height, width, channels: 3 }, bits: 8, orientation };
}
