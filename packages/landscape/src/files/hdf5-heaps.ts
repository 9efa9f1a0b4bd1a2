const signature = [0x47, 0x43, 0x4f, 0x4c, 1, 0, 0, 0] as const; // 'GCOL', version 1
const headerSize = 16;
const objectHeaderSize = 16;

/** Whether the objects of the collection that begins at `at` follow each other to its end. */
function isWhole(view: DataView, at: number): boolean {
  const size = Number(view.getBigUint64(at + 8, true));
  const end = at + size;
  if (size < headerSize || end > view.byteLength) return false;
  for (let object = at + headerSize; end - object >= objectHeaderSize; ) {
    const length = Number(view.getBigUint64(object + 8, true));
    // Object 0 is the free space, whose size has its header in it; that of others is padded to eights.
    const step = view.getUint16(object, true) === 0 ? length : objectHeaderSize + 8 * Math.ceil(length / 8);
    if (step < objectHeaderSize || object + step > end) return false;
    object += step;
  }
  return true;
}

/**
 * Whether every global heap of an HDF5 file, where strings of any length lie, can be walked to its end. The HDF5 library walks on
 * without end where an object has no size.
 * @see HDF5 File Format Specification 3.0, III.E, "Disk Format: Level 1E - Global Heap".
 */
export function hasWholeHeaps(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = bytes.indexOf(signature[0]); at >= 0; at = bytes.indexOf(signature[0], at + 1))
    if (
      at + headerSize <= bytes.length &&
      signature.every((value, i) => bytes[at + i] === value) &&
      !isWhole(view, at)
    )
      return false;
  return true;
}
