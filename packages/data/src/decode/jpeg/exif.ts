/** The orientation (1 to 8) that an EXIF segment gives; undefined where it gives none. */
export function exifOrientation(segment: Uint8Array): number | undefined {
  if (String.fromCharCode(...segment.subarray(0, 6)) !== 'Exif\0\0') return undefined;
  const view = new DataView(segment.buffer, segment.byteOffset + 6, segment.length - 6);
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
