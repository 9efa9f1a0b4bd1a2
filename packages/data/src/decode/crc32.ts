/** What a byte does to the remainder, and what it does with one, two and three bytes of zeros behind it. */
function tablesOf(polynomial: number): Uint32Array[] {
  const tables = Array.from({ length: 4 }, () => new Uint32Array(256));
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? polynomial ^ (c >>> 1) : c >>> 1;
    tables[0]![n] = c;
  }
  for (let k = 1; k < 4; k++)
    for (let n = 0; n < 256; n++) {
      const before = tables[k - 1]![n]!;
      tables[k]![n] = tables[0]![before & 255]! ^ (before >>> 8);
    }
  return tables;
}

/** Four bytes at a time. */
function remainder(tables: readonly Uint32Array[], bytes: Uint8Array, from: number, to: number): number {
  const [one, two, three, four] = tables as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  let c = -1;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    c ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    c = four[c & 255]! ^ three[(c >>> 8) & 255]! ^ two[(c >>> 16) & 255]! ^ one[c >>> 24]!;
  }
  for (; at < to; at++) c = one[(c ^ bytes[at]!) & 255]! ^ (c >>> 8);
  return ~c >>> 0;
}

const ethernet = /* @__PURE__ */ tablesOf(0xedb8_8320);
const castagnoli = /* @__PURE__ */ tablesOf(0x82f6_3b78);

/** CRC-32 of bytes `[from, to)`, as PNG, gzip and ZIP reckon it. */
export const crc32 = (bytes: Uint8Array, from: number, to: number): number =>
  remainder(ethernet, bytes, from, to);

/** CRC-32C of bytes `[from, to)` (RFC 3720, appendix B.4), as Zarr reckons it. */
export const crc32c = (bytes: Uint8Array, from: number, to: number): number =>
  remainder(castagnoli, bytes, from, to);
