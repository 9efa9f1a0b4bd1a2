const rotated = (x: number, k: number) => (x << k) | (x >>> (32 - k));

/**
 * Jenkins' 32-bit hash of bytes (lookup3, `hashlittle` from 0), which HDF5 checks its metadata with.
 * @see Jenkins, 2006, http://burtleburtle.net/bob/c/lookup3.c
 */
export function lookup3(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { length } = bytes;
  let a = (0xdeadbeef + length) | 0;
  let b = a;
  let c = a;
  let at = 0;
  // Twelve bytes at a time, the last one to twelve apart.
  for (; length - at > 12; at += 12) {
    a = (a + view.getUint32(at, true)) | 0;
    b = (b + view.getUint32(at + 4, true)) | 0;
    c = (c + view.getUint32(at + 8, true)) | 0;
    a = ((a - c) | 0) ^ rotated(c, 4);
    c = (c + b) | 0;
    b = ((b - a) | 0) ^ rotated(a, 6);
    a = (a + c) | 0;
    c = ((c - b) | 0) ^ rotated(b, 8);
    b = (b + a) | 0;
    a = ((a - c) | 0) ^ rotated(c, 16);
    c = (c + b) | 0;
    b = ((b - a) | 0) ^ rotated(a, 19);
    a = (a + c) | 0;
    c = ((c - b) | 0) ^ rotated(b, 4);
    b = (b + a) | 0;
  }
  if (length === at) return c >>> 0;
  const rest = new DataView(new ArrayBuffer(12));
  for (let i = at; i < length; i++) rest.setUint8(i - at, bytes[i]!);
  a = (a + rest.getUint32(0, true)) | 0;
  b = (b + rest.getUint32(4, true)) | 0;
  c = (c + rest.getUint32(8, true)) | 0;
  c = ((c ^ b) - rotated(b, 14)) | 0;
  a = ((a ^ c) - rotated(c, 11)) | 0;
  b = ((b ^ a) - rotated(a, 25)) | 0;
  c = ((c ^ b) - rotated(b, 16)) | 0;
  a = ((a ^ c) - rotated(c, 4)) | 0;
  b = ((b ^ a) - rotated(a, 14)) | 0;
  c = ((c ^ b) - rotated(b, 24)) | 0;
  return c >>> 0;
}
