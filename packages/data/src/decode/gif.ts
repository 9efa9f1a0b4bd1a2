import type { Decoded } from './decoded.js';
import { assertDeclared, type Limits, Unsupported } from './faults.js';

/** Bytes that a chain of sub-blocks holds (GIF 89a, section 15), and where it ends. */
function subBlocks(bytes: Uint8Array, at: number): { data: Uint8Array; end: number } {
  const parts: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const length = bytes[at++];
    if (length === undefined || at + length > bytes.length) throw new Error('its data end early');
    if (length === 0) break;
    parts.push(bytes.subarray(at, at + length));
    total += length;
    at += length;
  }
  const data = new Uint8Array(total);
  let to = 0;
  for (const part of parts) {
    data.set(part, to);
    to += part.length;
  }
  return { data, end: at };
}

/**
 * GIF's Lempel–Ziv–Welch: codes from `bits` + 1 to 12 bits, low bits first (appendix F). Every string is kept as a
 * place in the output already written, so nothing can go round in a circle.
 */
function unpackLzw(data: Uint8Array, bits: number, size: number): Uint8Array {
  if (bits < 1 || bits > 11) throw new Error(`it declares codes of ${bits} bits`);
  const out = new Uint8Array(size);
  const start = new Int32Array(4096);
  const length = new Int32Array(4096);
  const clear = 1 << bits;
  let [next, width, held, hold, at, to] = [clear + 2, bits + 1, 0, 0, 0, 0];
  let [lastStart, lastLength] = [0, 0];
  while (to < size) {
    while (held < width && at < data.length) {
      hold |= data[at++]! << held;
      held += 8;
    }
    if (held < width) break;
    const code = hold & ((1 << width) - 1);
    hold >>>= width;
    held -= width;
    if (code === clear) {
      [next, width, lastLength] = [clear + 2, bits + 1, 0];
      continue;
    }
    if (code === clear + 1) break;
    const from = to;
    if (code < clear) out[to++] = code;
    else if (code < next) {
      const end = Math.min(size, to + length[code]!);
      for (let k = start[code]!; to < end; k++) out[to++] = out[k]!;
    } else if (code === next && next < 4096 && lastLength > 0) {
      const end = Math.min(size, to + lastLength);
      for (let k = lastStart; to < end; k++) out[to++] = out[k]!;
      if (to < size) out[to++] = out[from]!;
    } else throw new Error('its data are damaged');
    if (lastLength > 0 && next < 4096) {
      start[next] = lastStart;
      length[next] = lastLength + 1;
      next++;
      if (next === 1 << width && width < 12) width++;
    }
    [lastStart, lastLength] = [from, to - from];
  }
  if (to < size) throw new Error(`its data end after ${to} of ${size} pixels`);
  return out;
}

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly interlaced: boolean;
  readonly colours: Uint8Array;
  /** Where the code size and the data stand. */
  readonly at: number;
  readonly transparent: number | undefined;
}

/** The first frame after the header and global colours. */
function firstFrame(bytes: Uint8Array, view: DataView, at: number, global: Uint8Array | undefined): Frame {
  let transparent: number | undefined;
  for (;;) {
    const kind = bytes[at++];
    if (kind === undefined || kind === 0x3b) throw new Error('it has no picture');
    if (kind === 0x21) {
      const label = bytes[at++];
      const { data, end } = subBlocks(bytes, at);
      if (label === 0xf9 && data.length >= 4) transparent = data[0]! & 1 ? data[3]! : undefined;
      at = end;
      continue;
    }
    if (kind !== 0x2c || at + 9 > bytes.length) throw new Error('its blocks are damaged');
    const [left, top, width, height] = [0, 2, 4, 6].map((from) => view.getUint16(at + from, true));
    const flags = bytes[at + 8]!;
    at += 9;
    const own = flags & 0x80 ? 3 << ((flags & 7) + 1) : 0;
    if (at + own > bytes.length) throw new Error('its data end early');
    const colours = own > 0 ? bytes.subarray(at, at + own) : global;
    if (colours === undefined) throw new Error('it has no colours');
    const interlaced = (flags & 0x40) !== 0;
    return {
      left: left!,
      top: top!,
      width: width!,
      height: height!,
      interlaced,
      colours,
      at: at + own,
      transparent,
    };
  }
}

/** The order in which interlaced rows are stored. */
function interlacedRows(height: number): number[] {
  const rows: number[] = [];
  for (const [from, step] of [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ] as const)
    for (let y = from; y < height; y += step) rows.push(y);
  return rows;
}

/**
 * The first frame: palette indices with their colours, which have an alpha channel when one of them is transparent;
 * then the frame may be smaller than the picture.
 */
export function decodeGif(bytes: Uint8Array, limits: Limits): Decoded {
  if (bytes.length < 13) throw new Error('its header is damaged');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
  const flags = bytes[10]!;
  const size = flags & 0x80 ? 3 << ((flags & 7) + 1) : 0;
  if (13 + size > bytes.length) throw new Error('its data end early');
  const frame = firstFrame(bytes, view, 13 + size, size > 0 ? bytes.subarray(13, 13 + size) : undefined);
  const { left, top, interlaced, colours, transparent } = frame;
  if (left + frame.width > width || top + frame.height > height)
    throw new Error(`its first frame reaches beyond ${width}×${height} pixels`);
  const { data: packed } = subBlocks(bytes, frame.at + 1);
  // A code of 9 bits or more gives at most the 3,839 values of the longest string.
  const data = { present: packed.length, most: 3839 };
  assertDeclared(frame, limits, data);
  assertDeclared({ width, height }, limits, data);
  const indices = unpackLzw(packed, bytes[frame.at]!, frame.width * frame.height);
  const count = colours.length / 3;
  for (let i = 0; i < indices.length; i++)
    if (indices[i]! >= count)
      throw new Error(`it holds the index ${indices[i]}, its palette has ${count} colours`);
  const whole = frame.width === width && frame.height === height;
  if (!whole && transparent === undefined)
    throw new Unsupported('its first frame does not cover the picture; save it as PNG');
  const raster = { data: indices, height, width, channels: 1 };
  if (!whole || interlaced) {
    const placed = new Uint8Array(width * height).fill(transparent ?? 0);
    const rows = interlaced ? interlacedRows(frame.height) : undefined;
    for (let y = 0; y < frame.height; y++)
      placed.set(
        indices.subarray(y * frame.width, (y + 1) * frame.width),
        (top + (rows?.[y] ?? y)) * width + left,
      );
    raster.data = placed;
  }
  if (transparent === undefined) return { raster, bits: 8, palette: colours.slice() };
  const palette = new Uint8Array(4 * Math.max(count, transparent + 1));
  for (let i = 0; i < palette.length / 4; i++) {
    for (let c = 0; c < 3; c++) palette[4 * i + c] = colours[3 * i + c] ?? 0;
    palette[4 * i + 3] = i === transparent ? 0 : 255;
  }
  return { raster, bits: 8, palette, paletteAlpha: true };
}
