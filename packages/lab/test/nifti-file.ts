/** A NIfTI-1 file of bytes, `[x, y, z]` with x fastest, after the fields of `nifti1.h`. */
export function niftiFile(
  [width, height, depth]: readonly [number, number, number],
  valueAt: (x: number, y: number, z: number) => number,
): Uint8Array {
  const offset = 352;
  const bytes = new Uint8Array(offset + width * height * depth);
  const header = new DataView(bytes.buffer);
  header.setInt32(0, 348, true);
  for (const [i, size] of [3, width, height, depth, 1, 1, 1, 1].entries())
    header.setInt16(40 + 2 * i, size, true);
  header.setInt16(70, 2, true); // uint8
  header.setInt16(72, 8, true);
  for (let i = 0; i < 8; i++) header.setFloat32(76 + 4 * i, 1, true);
  header.setFloat32(108, offset, true);
  header.setFloat32(112, 1, true);
  bytes.set(new TextEncoder().encode('n+1\0'), 344);
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) bytes[offset + (z * height + y) * width + x] = valueAt(x, y, z);
  return bytes;
}
