import { crc32 } from './crc32.js';

export interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
}

/**
 * The chunks of a PNG up to its end chunk, each with a sound checksum.
 * @throws {Error} where one is damaged or the file ends before IEND.
 */
export function pngChunks(bytes: Uint8Array): Chunk[] {
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  if (signature.some((byte, at) => bytes[at] !== byte)) throw new Error('its signature is damaged');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  for (let at = 8; ; ) {
    if (at + 12 > bytes.length) throw new Error(`the file ends after ${chunks.length} chunks, before IEND`);
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 8 + length;
    if (end + 4 > bytes.length) throw new Error(`chunk ${chunks.length + 1} ends beyond the file`);
    if (view.getUint32(end) !== crc32(bytes, at + 4, end))
      throw new Error(`the checksum of chunk ${chunks.length + 1} is wrong`);
    chunks.push({ type, data: bytes.subarray(at + 8, end) });
    if (type === 'IEND') return chunks;
    at = end + 4;
  }
}
