import { turned, turnedBySimd } from './bmp-colours.js';
import { bmpMasks, maskedPixels } from './bmp-masks.js';
import { unpackRuns } from './bmp-runs.js';
import type { Decoded } from './decoded.js';
import { assertDeclared, type Limits, Unsupported } from './faults.js';
import { unpacked } from './few-bits.js';

/**
 * Windows and OS/2 bitmaps of 1, 2, 4 or 8 bits with a palette, RLE too, and of 16, 24 or 32 bits in any order of
 * colours; alpha is read where there is a mask for it, and otherwise left out, since most writers leave it 0.
 */
export function decodeBmp(bytes: Uint8Array, limits: Limits): Decoded {
  if (bytes.length < 26) throw new Error('its header is damaged');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = view.getUint32(10, true);
  const headerSize = view.getUint32(14, true);
  const old = headerSize === 12;
  // OS/2 2 may end its header after the depth: what is not there is 0.
  if ((!old && headerSize < 16) || headerSize > 1024 || 14 + headerSize > bytes.length)
    throw new Error('its header is damaged');
  const field = (at: number): number => (at + 4 <= 14 + headerSize ? view.getUint32(at, true) : 0);
  const width = old ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = old ? view.getUint16(20, true) : view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  const bits = view.getUint16(old ? 24 : 28, true);
  const compression = field(30);
  const foreign = foreignKind(bits, compression, headerSize);
  if (foreign !== undefined) throw new Unsupported(`${foreign} are not supported; save it as PNG`);
  if (![1, 2, 4, 8, 16, 24, 32].includes(bits)) throw new Error(`it declares ${bits} bits a pixel`);
  const runs = (compression === 1 && bits === 8) || (compression === 2 && bits === 4);
  const fields = (compression === 3 || compression === 6) && (bits === 16 || bits === 32);
  if (compression !== 0 && !runs && !fields)
    throw new Error(`it declares compression ${compression} with ${bits} bits a pixel`);
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  assertDeclared({ width, height, channels: bits <= 8 ? 1 : 4 }, limits);
  if (runs)
    assertDeclared({ width, height }, limits, { present: bytes.length - start, most: width * 256 + 255 });
  else if (bytes.length < start + rowBytes * height)
    throw new Error(`${start + rowBytes * height} bytes are needed, ${bytes.length} are there`);
  // Rows come bottom first unless the height is negative.
  const row = (y: number) => {
    const at = start + (signedHeight > 0 ? height - 1 - y : y) * rowBytes;
    return bytes.subarray(at, at + rowBytes);
  };
  if (bits <= 8) {
    const palette = paletteOf(bytes, bits, field(46), headerSize, start);
    const data = new Uint8Array(height * width);
    if (runs) unpackRuns(bytes, start, bits, { data, height, width });
    else
      for (let y = 0; y < height; y++)
        data.set(bits === 8 ? row(y).subarray(0, width) : unpacked(row(y), 1, width, bits), y * width);
    const colours = palette.length / 3;
    for (let i = 0; i < data.length; i++)
      if (data[i]! >= colours)
        throw new Error(`it holds the index ${data[i]}, its palette has ${colours} colours`);
    return { raster: { data, height, width, channels: 1 }, bits, palette };
  }
  if (bits !== 24) {
    // Alpha's mask is part of headers from 56 bytes on, or named by its own compression.
    const alpha = headerSize >= 56 || compression === 6;
    const masks = bmpMasks(view, bits, fields, alpha);
    return { ...maskedPixels(row, { height, width, bits }, masks) };
  }
  const size = { height, width };
  const data = turnedBySimd(row, size) ?? turned(row, size);
  return { raster: { data, height, width, channels: 3 }, bits: 8 };
}

/** What sound bitmaps of a kind that is not read here hold. */
function foreignKind(bits: number, compression: number, headerSize: number): string | undefined {
  const os2 = headerSize === 64;
  if (os2 && compression === 3 && bits === 1) return 'Huffman codes of OS/2';
  if (os2 && compression === 4) return 'run lengths of colours (OS/2)';
  if (compression === 4 || compression === 5) return 'JPEG and PNG inside a BMP';
  return bits === 64 ? '64-bit pixels' : undefined;
}

/** Red, green, blue of each colour; they stand between the header and the pixels. */
function paletteOf(
  bytes: Uint8Array,
  bits: number,
  declared: number,
  headerSize: number,
  start: number,
): Uint8Array {
  const entry = headerSize === 12 ? 3 : 4;
  const first = 14 + headerSize;
  const room = Math.floor((Math.min(start, bytes.length) - first) / entry);
  const colours = declared || Math.min(1 << bits, room);
  if (colours < 1 || colours > 1 << bits || colours > room)
    throw new Error(
      `it declares ${colours} colours with ${bits} bits a pixel and room for ${Math.max(0, room)}`,
    );
  const palette = new Uint8Array(3 * colours);
  for (let i = 0; i < colours; i++)
    for (let c = 0; c < 3; c++) palette[3 * i + c] = bytes[first + entry * i + 2 - c]!;
  return palette;
}
