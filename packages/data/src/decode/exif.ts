const name = 'Exif\0\0';
const isNamed = (data: Uint8Array): boolean => String.fromCharCode(...data.subarray(0, 6)) === name;

/**
 * The orientation (1 to 8) that EXIF data give, as they stand in PNG's eXIf chunk; undefined where they give none. The
 * name of a JPEG segment may stand before them, as some writers leave it, and the number may be one of 16 or 32 bits.
 */
export function orientationOf(data: Uint8Array): number | undefined {
  const exif = isNamed(data) ? data.subarray(6) : data;
  const view = new DataView(exif.buffer, exif.byteOffset, exif.length);
  if (view.byteLength < 14) return undefined;
  const little = view.getUint16(0) === 0x4949;
  const at = view.getUint32(4, little);
  if (at + 2 > view.byteLength) return undefined;
  const count = view.getUint16(at, little);
  for (let entry = at + 2, i = 0; i < count && entry + 12 <= view.byteLength; i++, entry += 12) {
    if (view.getUint16(entry, little) !== 274) continue;
    const type = view.getUint16(entry + 2, little);
    if (type === 3) return view.getUint16(entry + 8, little);
    return type === 4 ? view.getUint32(entry + 8, little) : undefined;
  }
  return undefined;
}

/** The same of a JPEG segment, in which a name comes first. */
export const segmentOrientation = (segment: Uint8Array): number | undefined =>
  isNamed(segment) ? orientationOf(segment) : undefined;
