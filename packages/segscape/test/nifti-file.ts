/** A NIfTI-1 file of bytes with a place and an orientation of its own, after the fields of `nifti1.h`. */
export function niftiFile(
  values: Uint8Array,
  [depth, height, width]: readonly [number, number, number],
): Uint8Array {
  const begin = 352;
  const bytes = new Uint8Array(begin + values.length);
  const header = new DataView(bytes.buffer);
  header.setInt32(0, 348, true);
  for (const [i, size] of [3, width, height, depth, 1, 1, 1, 1].entries())
    header.setInt16(40 + 2 * i, size, true);
  header.setInt16(70, 2, true);
  header.setInt16(72, 8, true);
  for (const [i, step] of [1, 0.5, 0.5, 2].entries()) header.setFloat32(76 + 4 * i, step, true);
  header.setFloat32(108, begin, true);
  header.setFloat32(112, 1, true);
  header.setUint8(123, 2); // millimetres
  header.setInt16(254, 1, true); // sform: scanner
  for (const [i, value] of [-0.5, 0, 0, 30, 0, 0.5, 0, -40, 0, 0, 2, 7].entries())
    header.setFloat32(280 + 4 * i, value, true);
  bytes.set(new TextEncoder().encode('n+1\0'), 344);
  bytes.set(values, begin);
  return bytes;
}
