import type { Decoded } from './decoded.js';
import { orientationOf } from './exif.js';
import { assertDeclared, type Limits, Unsupported } from './faults.js';
import { unpacked } from './few-bits.js';
import { deflateRatio, unzlib, unzlibAhead } from './inflate.js';
import { isOfInstrument } from './instrument-resolution.js';
import { chosen, type PlaneChoice } from './planes.js';
import { type Chunk, pngChunks } from './png-chunks.js';

interface Header {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly channels: number;
  readonly colour: number;
  readonly interlaced: boolean;
}

/** Channels and depths of the colour types. */
const kinds: Readonly<Record<number, { channels: number; depths: readonly number[] }>> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, depths: [8, 16] },
  3: { channels: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, depths: [8, 16] },
  6: { channels: 4, depths: [8, 16] },
};

function headerOf(chunk: Chunk | undefined): Header {
  if (chunk?.type !== 'IHDR' || chunk.data.length !== 13) throw new Error('its header is missing');
  const view = new DataView(chunk.data.buffer, chunk.data.byteOffset, 13);
  const [bits, colour, compression, filter, interlace] = chunk.data.subarray(
    8,
  ) as Iterable<number> as number[];
  const kind = kinds[colour!];
  if (kind === undefined || !kind.depths.includes(bits!))
    throw new Error(`it declares colour type ${colour} with ${bits} bits`);
  if (compression !== 0 || filter !== 0 || interlace! > 1)
    throw new Error(`it declares compression ${compression}, filter ${filter}, interlace ${interlace}`);
  const { channels } = kind;
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  return { width, height, bits: bits!, channels, colour: colour!, interlaced: interlace === 1 };
}

/** The filter of Paeth: left, above or their diagonal, whichever is nearest to left + above − diagonal. */
function paeth(data: Uint8Array, row: number, up: number, rowBytes: number, step: number): void {
  const first = Math.min(step, rowBytes);
  // Where nothing is on the left, what is above is nearest; where nothing is above, what is on the left.
  if (up >= 0) for (let i = 0; i < first; i++) data[row + i] = data[row + i]! + data[up + i]!;
  if (up < 0) for (let i = row + step; i < row + rowBytes; i++) data[i] = data[i]! + data[i - step]!;
  else
    for (let s = 0; s < first; s++) {
      // One channel's byte after the other: left and diagonal stay at hand.
      let left = data[row + s]!;
      let diagonal = data[up + s]!;
      for (let i = s + step; i < rowBytes; i += step) {
        const above = data[up + i]!;
        const toLeft = Math.abs(above - diagonal);
        const toAbove = Math.abs(left - diagonal);
        const toDiagonal = Math.abs(left + above - 2 * diagonal);
        const nearest =
          toLeft <= toAbove && toLeft <= toDiagonal ? left : toAbove <= toDiagonal ? above : diagonal;
        left = (data[row + i]! + nearest) & 255;
        data[row + i] = left;
        diagonal = above;
      }
    }
}

/** Undoes the filters of `rows` rows in place (PNG, section 9); returns where they end. */
function unfilter(data: Uint8Array, at: number, rows: number, rowBytes: number, step: number): number {
  for (let y = 0; y < rows; y++) {
    const filter = data[at]!;
    const row = at + 1;
    // The row above begins rowBytes + 1 earlier; above the first all is 0.
    const up = y === 0 ? -1 : row - rowBytes - 1;
    const end = row + rowBytes;
    switch (filter) {
      case 0:
        break;
      case 1:
        for (let i = row + step; i < end; i++) data[i] = data[i]! + data[i - step]!;
        break;
      case 2:
        if (up >= 0) for (let i = 0; i < rowBytes; i++) data[row + i] = data[row + i]! + data[up + i]!;
        break;
      case 3:
        for (let i = 0; i < rowBytes; i++) {
          const left = i < step ? 0 : data[row + i - step]!;
          data[row + i] = data[row + i]! + ((left + (up < 0 ? 0 : data[up + i]!)) >> 1);
        }
        break;
      case 4:
        paeth(data, row, up, rowBytes, step);
        break;
      default:
        throw new Error(`row ${y + 1} has the filter ${filter}`);
    }
    at = end;
  }
  return at;
}

interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
}

const whole: readonly Pass[] = [{ x: 0, y: 0, dx: 1, dy: 1 }];
const adam7: readonly Pass[] = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
];

/** Values of rows that begin with a filter byte each. */
function valuesOf(data: Uint8Array, at: number, rows: number, perRow: number, bits: number) {
  const rowBytes = Math.ceil((perRow * bits) / 8);
  const first = (y: number) => at + y * (rowBytes + 1) + 1;
  if (bits === 16) {
    const values = new Uint16Array(rows * perRow);
    for (let y = 0, to = 0; y < rows; y++)
      for (let from = first(y); to < (y + 1) * perRow; from += 2)
        values[to++] = (data[from]! << 8) | data[from + 1]!;
    return values;
  }
  const packed = new Uint8Array(rows * rowBytes);
  for (let y = 0; y < rows; y++) packed.set(data.subarray(first(y), first(y) + rowBytes), y * rowBytes);
  return bits < 8 ? unpacked(packed, rows, perRow, bits) : packed;
}

function paletteOf(chunks: readonly Chunk[], bits: number) {
  const colours = chunks.find(({ type }) => type === 'PLTE')?.data;
  if (colours === undefined || colours.length % 3 !== 0 || colours.length > 3 * 256)
    throw new Error('its palette is missing or damaged');
  const clear = chunks.find(({ type }) => type === 'tRNS')?.data;
  const entry = clear === undefined ? 3 : 4;
  const palette = new Uint8Array(entry << bits);
  for (let i = 0; i < Math.min(1 << bits, colours.length / 3); i++) {
    for (let c = 0; c < 3; c++) palette[entry * i + c] = colours[3 * i + c]!;
    if (clear !== undefined) palette[entry * i + 3] = clear[i] ?? 255;
  }
  return { palette, paletteAlpha: clear !== undefined, colours: colours.length / 3 };
}

/** Micrometres of a pixel `[y, x]`, where pHYs gives pixels a metre that are no screen's or printer's. */
function spacingOf(chunks: readonly Chunk[]) {
  const data = chunks.find(({ type }) => type === 'pHYs')?.data;
  if (data?.length !== 9 || data[8] !== 1) return {};
  const view = new DataView(data.buffer, data.byteOffset, 9);
  const [x, y] = [view.getUint32(0), view.getUint32(4)];
  if (x === 0 || y === 0) return {};
  const spacing = [1e6 / y, 1e6 / x];
  return isOfInstrument(spacing) ? { spacing } : {};
}

/** Throws for an animation (APNG), unless its first frame is asked for, which is the picture itself. */
function assertStill(chunks: readonly Chunk[], choice: PlaneChoice): void {
  const animation = chunks.find(({ type, data }) => type === 'acTL' && data.length === 8)?.data;
  const told = animation && new DataView(animation.buffer, animation.byteOffset, 8).getUint32(0);
  const frames = Math.max(1, told ?? 1);
  if (chosen('time', frames, choice, `it is an animation of ${frames} frames`) > 0)
    throw new Unsupported('of an animated PNG the first frame alone is read; save the other one as PNG');
}

/**
 * 1 to 16 bits, gray, colour, palette, with or without alpha, interlaced too. The checksums of all chunks and of the
 * compressed data are checked. A transparent colour of a picture without palette is left as it is.
 */
export async function decodePng(bytes: Uint8Array, limits: Limits, choice: PlaneChoice): Promise<Decoded> {
  const chunks = pngChunks(bytes);
  // Apple's own kind puts a chunk before the header.
  const strange = chunks.find(({ type }) => !['IHDR', 'PLTE', 'IDAT', 'IEND'].includes(type) && type < 'a');
  if (strange !== undefined)
    throw new Unsupported(`chunk ${strange.type} is not supported; save it as plain PNG`);
  assertStill(chunks, choice);
  const { width, height, bits, channels, colour, interlaced } = headerOf(chunks[0]);
  const parts = chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data);
  const present = parts.reduce((sum, { length }) => sum + length, 0);
  const widthOfValue = bits === 16 ? 2 : 1;
  const most = deflateRatio * (bits < 8 ? 8 / bits : 1);
  assertDeclared({ width, height, channels, widthOfValue }, limits, { present, most });

  const packed = new Uint8Array(present);
  let filled = 0;
  for (const part of parts) {
    packed.set(part, filled);
    filled += part.length;
  }
  const passes = (interlaced ? adam7 : whole)
    .map((pass) => ({
      ...pass,
      columns: Math.ceil((width - pass.x) / pass.dx),
      rows: Math.ceil((height - pass.y) / pass.dy),
    }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
  const rowBytes = (columns: number) => Math.ceil((columns * channels * bits) / 8);
  const size = passes.reduce((sum, { columns, rows }) => sum + rows * (rowBytes(columns) + 1), 0);
  const raw = (await unzlibAhead(packed, size)) ?? unzlib(packed, size);
  let at = 0;
  let data: Uint8Array | Uint16Array | undefined;
  for (const { x, y, dx, dy, columns, rows } of passes) {
    const start = at;
    at = unfilter(raw, at, rows, rowBytes(columns), Math.max(1, (channels * bits) >> 3));
    const values = valuesOf(raw, start, rows, columns * channels, bits);
    if (!interlaced) {
      data = values;
      break;
    }
    data ??=
      bits === 16 ? new Uint16Array(height * width * channels) : new Uint8Array(height * width * channels);
    for (let row = 0, from = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const to = ((y + row * dy) * width + x + column * dx) * channels;
        for (let c = 0; c < channels; c++) data[to + c] = values[from++]!;
      }
  }
  const raster = { data: data!, height, width, channels, ...spacingOf(chunks) };
  const exif = chunks.find(({ type }) => type === 'eXIf');
  const orientation = (exif && orientationOf(exif.data)) ?? 1;
  if (colour !== 3) return { raster, bits, alpha: channels === 2 || channels === 4, orientation };
  const { palette, paletteAlpha, colours } = paletteOf(chunks, bits);
  for (let i = 0; i < raster.data.length; i++)
    if (raster.data[i]! >= colours)
      throw new Error(`it holds the index ${raster.data[i]}, its palette has ${colours} colours`);
  return { raster, bits, palette, paletteAlpha, orientation };
}
