import { lookup3 } from './lookup3.js';

const signature = [0x4f, 0x48, 0x44, 0x52, 2] as const; // 'OHDR', version 2
const timesStored = 0x20;
const phaseChangeStored = 0x10;

/** Where the header that begins at `at` has its checksum; undefined where none begins. */
function checksumOf(view: DataView, at: number): number | undefined {
  if (at + 26 > view.byteLength || signature.some((value, i) => view.getUint8(at + i) !== value))
    return undefined;
  const flags = view.getUint8(at + 5);
  if ((flags & timesStored) === 0) return undefined;
  const size = at + 22 + (flags & phaseChangeStored ? 4 : 0);
  const width = 1 << (flags & 3);
  if (size + width > view.byteLength) return undefined;
  const length =
    width === 1
      ? view.getUint8(size)
      : width === 2
        ? view.getUint16(size, true)
        : width === 4
          ? view.getUint32(size, true)
          : Number(view.getBigUint64(size, true));
  const end = size + width + length;
  return end + 4 <= view.byteLength ? end : undefined;
}

/**
 * Sets the times at which the objects of an HDF5 file were made to 0, so that equal surfaces are equal files: h5wasm
 * has no way to leave them out. They stand in the objects' headers, whose checksums are made anew; what only looks like a header
 * has no such checksum and stays as it is.
 * @param bytes changed in place.
 * @see HDF5 File Format Specification 3.0, IV.A.1.b, "Version 2 Data Object Header Prefix".
 */
export function zeroObjectTimes(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at++) {
    const end = checksumOf(view, at);
    if (end === undefined || lookup3(bytes.subarray(at, end)) !== view.getUint32(end, true)) continue;
    // Last read, last written, changed and made, four bytes each.
    bytes.fill(0, at + 6, at + 22);
    view.setUint32(end, lookup3(bytes.subarray(at, end)), true);
  }
}
