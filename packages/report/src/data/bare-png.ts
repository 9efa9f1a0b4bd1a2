import { SegscapeError } from '@segscape/core';

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Length, type and checksum around the data of a chunk. */
const around = 12;
const longestSide = 2 ** 31 - 1;

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** CRC-32 of ISO 3309, as PNG has it. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** What a picture is made of; everything else (texts, times, EXIF, profiles) says where it comes from. */
const kept = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);

/** A picture and its size in pixels. */
export interface BarePng {
  readonly width: number;
  readonly height: number;
  /** The file with nothing but the picture in it. */
  readonly bytes: Uint8Array;
}

/**
 * A PNG that is whole (its signature, every chunk's checksum, a header first, data, and an end with nothing after it),
 * without the texts, times and EXIF that it may carry.
 * @param path named in errors.
 * @param bytes of the file.
 * @see PNG specification, 3rd edition, section 5. https://www.w3.org/TR/png-3/#5Chunk-layout
 * @throws {SegscapeError} `CORRUPT_FILE` naming the file and what is wrong with it.
 */
export function barePng(path: string, bytes: Uint8Array): BarePng {
  const corrupt = (why: string) => new SegscapeError('CORRUPT_FILE', `${path}: ${why}, left out.`);
  if (signature.some((value, i) => bytes[i] !== value)) throw corrupt('not a PNG file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const types: string[] = [];
  const parts = [bytes.subarray(0, signature.length)];
  let at = signature.length;
  while (at + around <= bytes.length) {
    const length = view.getUint32(at);
    const end = at + around + length;
    if (end > bytes.length) break;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4))
      throw corrupt(`a damaged PNG file (the checksum of chunk ${types.length + 1} at byte ${at} is wrong)`);
    types.push(type);
    if (kept.has(type)) parts.push(bytes.subarray(at, end));
    at = end;
    if (type === 'IEND') break;
  }
  if (types[types.length - 1] !== 'IEND')
    throw corrupt(`a PNG file that breaks off after ${bytes.length} bytes`);
  if (at < bytes.length) throw corrupt(`a PNG file with ${bytes.length - at} bytes after its end`);
  if (types[0] !== 'IHDR' || view.getUint32(8) !== 13 || !types.includes('IDAT'))
    throw corrupt('a PNG file without header or data');
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const sound = [width, height].every((side) => side > 0 && side <= longestSide);
  if (!sound) throw corrupt(`a PNG file of ${width} × ${height} pixels`);
  const bare = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((start, part) => {
    bare.set(part, start);
    return start + part.length;
  }, 0);
  return { width, height, bytes: bare };
}
