const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb8_8320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 of bytes `[from, to)`, as PNG and gzip reckon it. */
export function crc32(bytes: Uint8Array, from: number, to: number): number {
  let c = 0xffff_ffff;
  for (let at = from; at < to; at++) c = table[(c ^ bytes[at]!) & 255]! ^ (c >>> 8);
  return (c ^ 0xffff_ffff) >>> 0;
}
