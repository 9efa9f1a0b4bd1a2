function makeTable(): Uint32Array {
  const table = new Uint32Array(8 * 256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
    table[n] = c >>> 0;
  }
  for (let n = 0; n < 256; n++) {
    let c = table[n]!;
    for (let k = 1; k < 8; k++) {
      c = (table[c & 0xff]! ^ (c >>> 8)) >>> 0;
      table[k * 256 + n] = c;
    }
  }
  return table;
}

const table = /* @__PURE__ */ makeTable();

/**
 * CRC-32C (Castagnoli, polynomial 0x1EDC6F41), eight bytes at a time.
 * @param before the checksum of what came earlier, to go on from; default 0.
 * @returns an unsigned 32-bit integer.
 * @see Kounavis and Berry, A systematic approach to building high performance software-based CRC generators, 2005.
 */
export function crc32c(bytes: Uint8Array, before = 0): number {
  const t = table;
  let crc = ~before;
  let i = 0;
  for (const end = bytes.length - 7; i < end; i += 8) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc =
      t[1792 + (crc & 0xff)]! ^
      t[1536 + ((crc >>> 8) & 0xff)]! ^
      t[1280 + ((crc >>> 16) & 0xff)]! ^
      t[1024 + (crc >>> 24)]! ^
      t[768 + bytes[i + 4]!]! ^
      t[512 + bytes[i + 5]!]! ^
      t[256 + bytes[i + 6]!]! ^
      t[bytes[i + 7]!]!;
  }
  for (; i < bytes.length; i++) crc = t[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
