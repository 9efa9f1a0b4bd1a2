import { cmykToRgb } from './colour.js';
import type { Decoded } from './decoded.js';
import type { Limits } from './faults.js';
import { type JpegFile, readJpeg } from './jpeg/file.js';
import { pixelsOf, reducedSize } from './jpeg/pixels.js';
import type { BlockEdge } from './jpeg/reduced-dct.js';

/** How many times smaller a picture may be read than it is. */
export type Shrink = 1 | 2 | 4 | 8;

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
 * @param shrink how many times smaller both sides become, rounded up.
 */
export function decodeJpeg(bytes: Uint8Array, limits: Limits, shrink: Shrink = 1): Decoded {
  const smallest = (8 / shrink) as BlockEdge;
  const file = readJpeg(bytes, limits, undefined, smallest);
  const { width, height } = reducedSize(file.frame, smallest);
  const orientation = file.orientation ?? 1;
  const whole = shrink > 1 && { whole: { height: file.frame.height, width: file.frame.width } };
  const luma = isLuma(file);
  const data = new Uint8Array(pixelsOf(file, luma, smallest).buffer);
  const channels = file.components.length;
  if (channels !== 4) return { raster: { data, height, width, channels }, bits: 8, orientation, ...whole };
  // Luma and chroma stand for what ink leaves. Ink is stored inverted, as Adobe does and Pillow takes for granted.
  if (!luma) for (let i = 0; i < data.length; i++) data[i] = 255 - data[i]!;
  else for (let i = 3; i < data.length; i += 4) data[i] = 255 - data[i]!;
  return {
    raster: { data: cmykToRgb(data, 4, 255), height, width, channels: 3 },
    bits: 8,
    orientation,
    ...whole,
  };
}
