/** The orientation (1 to 8) that EXIF data give, as they stand in PNG's eXIf chunk; undefined where they give none. */
export function orientationOf(exif: Uint8Array): number | undefined {
  const view = new DataView(exif.buffer, exif.byteOffset, exif.length);
  if (view.byteLength < 14) return undefined;
  const little = view.getUint16(0) === 0x4949;
  const at = view.getUint32(4, little);
  if (at + 2 > view.byteLength) return undefined;
  const count = view.getUint16(at, little);
  for (let entry = at + 2, i = 0; i < count && entry + 12 <= view.byteLength; i++, entry += 12)
    if (view.getUint16(entry, little) === 274 && view.getUint16(entry + 2, little) === 3)
      return view.getUint16(entry + 8, little);
  return undefined;
}

/** The same of a JPEG segment, in which a name comes first. */
export const segmentOrientation = (segment: Uint8Array): number | undefined =>
  String.fromCharCode(...segment.subarray(0, 6)) === 'Exif\0\0'
    ? orientationOf(segment.subarray(6))
    : undefined;
