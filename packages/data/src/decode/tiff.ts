import type { RasterData } from '@segscape/core';
import { type Decoded, unpacked } from './decoded.js';
import { uncompressed } from './tiff-compression.js';
import { type Directory, readDirectories } from './tiff-directory.js';

interface Page {
  readonly tags: Directory;
  readonly little: boolean;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly bits: number;
  /** 1 unsigned, 2 signed, 3 float. */
  readonly format: number;
  readonly planar: boolean;
}

const first = (tags: Directory, tag: number, otherwise?: number): number => {
  const value = tags.get(tag)?.[0] ?? otherwise;
  if (value === undefined) throw new Error(`tag ${tag} is missing`);
  return value;
};

function pageOf(tags: Directory, little: boolean): Page {
  const channels = first(tags, 277, 1);
  const depths = tags.get(258) ?? [1];
  const bits = depths[0]!;
  if (depths.some((depth) => depth !== bits))
    throw new Error('channels of different depth are not supported');
  const format = first(tags, 339, 1);
  if (![1, 2, 4, 8, 16, 32, 64].includes(bits) || (bits === 64 && format !== 3) || (bits < 8 && channels > 1))
    throw new Error(
      `${bits}-bit samples (${channels} a pixel) are not supported; convert to 8, 16 or 32 bits`,
    );
  const planar = first(tags, 284, 1) === 2 && channels > 1;
  return { tags, little, width: first(tags, 256), height: first(tags, 257), channels, bits, format, planar };
}

/** Samples of one strip or tile as numbers of the stored type; `rowBytes` may end in padding bits. */
function samples(
  { bits, format, little }: Page,
  bytes: Uint8Array,
  rows: number,
  perRow: number,
): RasterData {
  const count = rows * perRow;
  if (bits < 8) return unpacked(bytes, rows, perRow, bits);
  if (bits === 8)
    return format === 2 ? Int16Array.from(bytes, (value) => (value << 24) >> 24) : bytes.slice(0, count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bits === 16) {
    if (format === 3) throw new Error('16-bit floats are not supported; convert to 32 bits');
    const out = format === 2 ? new Int16Array(count) : new Uint16Array(count);
    for (let i = 0; i < count; i++) out[i] = view.getUint16(2 * i, little);
    return out;
  }
  if (format === 3) {
    const read =
      bits === 32
        ? (i: number) => view.getFloat32(4 * i, little)
        : (i: number) => view.getFloat64(8 * i, little);
    return Float32Array.from({ length: count }, (_, i) => read(i));
  }
  const wide = Array.from({ length: count }, (_, i) => view.getUint32(4 * i, little));
  // Unsigned values beyond the signed range lose their last bits rather than their sign.
  if (format === 1 && wide.some((value) => value >= 2 ** 31)) return Float32Array.from(wide);
  return Int32Array.from(wide);
}

/** Undoes horizontal differencing (predictor 2), wrapping round in the stored type. */
function integrate(data: RasterData, rows: number, perRow: number, step: number): void {
  for (let y = 0; y < rows; y++)
    for (let x = step; x < perRow; x++) {
      const at = y * perRow + x;
      data[at] = data[at]! + data[at - step]!;
    }
}

/** Undoes the floating point predictor (3): differences of bytes, planes of equal significance together. */
function integrateFloats(
  bytes: Uint8Array,
  page: Page,
  rows: number,
  perRow: number,
  step: number,
): Uint8Array {
  const width = page.bits / 8;
  const rowBytes = perRow * width;
  const out = new Uint8Array(rows * rowBytes);
  for (let y = 0; y < rows; y++) {
    const row = bytes.slice(y * rowBytes, (y + 1) * rowBytes);
    for (let i = step; i < rowBytes; i++) row[i] = (row[i]! + row[i - step]!) & 255;
    for (let x = 0; x < perRow; x++)
      for (let b = 0; b < width; b++)
        out[y * rowBytes + x * width + (page.little ? width - 1 - b : b)] = row[b * perRow + x]!;
  }
  return out;
}

interface Piece {
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly columns: number;
  readonly channel: number;
  readonly index: number;
}

/** Where strips or tiles belong; tiles keep their full size, strips end with the image. */
function pieces({ tags, width, height, channels, planar }: Page): Piece[] {
  const tiled = tags.has(322);
  const columns = tiled ? first(tags, 322) : width;
  const rows = tiled ? first(tags, 323) : Math.min(height, first(tags, 278, height));
  const list: Piece[] = [];
  for (let channel = 0; channel < (planar ? channels : 1); channel++)
    for (let top = 0; top < height; top += rows)
      for (let left = 0; left < width; left += columns)
        list.push({
          top,
          left,
          rows: tiled ? rows : Math.min(rows, height - top),
          columns,
          channel,
          index: list.length,
        });
  return list;
}

function decodePage(file: Uint8Array, page: Page): Decoded {
  const { tags, width, height, channels, bits, planar } = page;
  const photometric = first(tags, 262, 1);
  const compression = first(tags, 259, 1);
  const predictor = first(tags, 317, 1);
  if (photometric === 6 && compression !== 7)
    throw new Error('YCbCr without JPEG is not supported; save it as RGB');
  const tiled = tags.has(322);
  const offsets = tags.get(tiled ? 324 : 273) ?? [];
  const sizes = tags.get(tiled ? 325 : 279) ?? [];
  const step = planar ? 1 : channels;
  let data: RasterData | undefined;
  for (const { top, left, rows, columns, channel, index } of pieces(page)) {
    const [start, length] = [offsets[index], sizes[index] ?? file.length];
    if (start === undefined || (sizes[index] !== undefined && start + length > file.length))
      throw new Error(`its data end early (part ${index + 1})`);
    const perRow = columns * step;
    const size = rows * Math.ceil((perRow * bits) / 8);
    let bytes = uncompressed(file.subarray(start, start + length), {
      compression,
      size,
      channels: step,
      chroma: photometric === 6,
      tables: tags.get(347),
    });
    if (predictor === 3) bytes = integrateFloats(bytes, page, rows, perRow, step);
    const part = samples(page, bytes, rows, perRow);
    if (predictor === 2) integrate(part, rows, perRow, step);
    if (data === undefined || (part instanceof Float32Array && !(data instanceof Float32Array))) {
      const Kind = part.constructor as new (length: number) => RasterData;
      const fresh = new Kind(width * height * channels);
      if (data !== undefined) fresh.set(data);
      data = fresh;
    }
    const across = Math.min(columns, width - left);
    for (let y = 0; y < Math.min(rows, height - top); y++) {
      const to = ((top + y) * width + left) * channels + channel;
      if (!planar) data.set(part.subarray(y * perRow, y * perRow + across * channels), to);
      else for (let x = 0; x < across; x++) data[to + x * channels] = part[y * perRow + x]!;
    }
  }
  if (data === undefined) throw new Error('the picture is empty');
  if (photometric === 0 && bits <= 16) {
    const white = 2 ** bits - 1;
    for (let i = 0; i < data.length; i++) data[i] = white - data[i]!;
  }
  const raster = { data, height, width, channels };
  const map = tags.get(320);
  if (photometric !== 3 || map === undefined) return { raster, bits };
  const colours = map.length / 3;
  const palette = new Uint8Array(map.length);
  for (let i = 0; i < colours; i++)
    for (let c = 0; c < 3; c++) palette[3 * i + c] = map[c * colours + i]! >> 8;
  return { raster, bits, palette };
}

/**
 * Pages `[from, to)` of a TIFF or BigTIFF: 1 to 32 bits, integer or float, gray, colour or palette, strips or tiles,
 * either byte order; uncompressed, LZW, deflate, PackBits or JPEG, with predictors.
 */
export function decodeTiff(bytes: Uint8Array, from = 0, to = Number.POSITIVE_INFINITY): Decoded[] {
  const { pages, little } = readDirectories(bytes);
  if (pages.length === 0) throw new Error('it has no pages');
  return pages.slice(from, to).map((tags, index) => {
    try {
      return decodePage(bytes, pageOf(tags, little));
    } catch (cause) {
      throw new Error(`page ${from + index + 1} of ${pages.length}: ${(cause as Error).message}`, { cause });
    }
  });
}
