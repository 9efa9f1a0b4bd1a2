import { type Decoded, unpacked } from './decoded.js';

/**
 * Uncompressed Windows bitmaps of 1, 4 or 8 bits with a palette, and of 24 or 32 bits; the fourth byte of the
 * last is left out, since most writers leave it 0.
 */
export function decodeBmp(bytes: Uint8Array): Decoded {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = view.getUint32(10, true);
  const headerSize = view.getUint32(14, true);
  const width = view.getInt32(18, true);
  const signedHeight = view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  if (![1, 4, 8, 24, 32].includes(bits)) throw new Error(`${bits} bits a pixel are not supported`);
  if (compression !== 0 && !(compression === 3 && bits === 32))
    throw new Error(`compression ${compression} is not supported`);
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  if (width <= 0 || bytes.length < start + rowBytes * height)
    throw new Error(`${start + rowBytes * height} bytes are needed, ${bytes.length} are there`);
  // Rows come bottom first unless the height is negative.
  const row = (y: number) => {
    const at = start + (signedHeight > 0 ? height - 1 - y : y) * rowBytes;
    return bytes.subarray(at, at + rowBytes);
  };
  if (bits <= 8) {
    const data = new Uint8Array(height * width);
    for (let y = 0; y < height; y++)
      data.set(bits === 8 ? row(y).subarray(0, width) : unpacked(row(y), 1, width, bits), y * width);
    const colours = view.getUint32(46, true) || 1 << bits;
    const palette = new Uint8Array(3 * Math.max(colours, 1 << bits));
    for (let i = 0; i < colours; i++)
      for (let c = 0; c < 3; c++) palette[3 * i + c] = bytes[14 + headerSize + 4 * i + 2 - c]!;
    return { raster: { data, height, width, channels: 1 }, bits, palette };
  }
  const step = bits / 8;
  const data = new Uint8Array(height * width * 3);
  for (let y = 0, to = 0; y < height; y++) {
    const line = row(y);
    for (let x = 0; x < width; x++) for (let c = 2; c >= 0; c--) data[to++] = line[x * step + c]!;
  }
  return { raster: { data, height, width, channels: 3 }, bits: 8 };
}
