/** Tags of one page: numbers by tag. */
export type Directory = ReadonlyMap<number, readonly number[]>;

export interface TiffFile {
  readonly pages: readonly Directory[];
  readonly little: boolean;
}

/** Bytes of a value of each field type, by its number; 0 for types that do not exist. */
const sizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

/** Reads all directories of a TIFF or BigTIFF, of either byte order. */
export function readDirectories(bytes: Uint8Array): TiffFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  const big = view.getUint16(2, little) === 43;
  const offsetAt = (at: number) => (big ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little));
  const value = (type: number, at: number): number => {
    switch (type) {
      case 1:
      case 2:
      case 7:
        return view.getUint8(at);
      case 6:
        return view.getInt8(at);
      case 3:
        return view.getUint16(at, little);
      case 8:
        return view.getInt16(at, little);
      case 9:
        return view.getInt32(at, little);
      case 5:
        return view.getUint32(at, little) / view.getUint32(at + 4, little);
      case 10:
        return view.getInt32(at, little) / view.getInt32(at + 4, little);
      case 11:
        return view.getFloat32(at, little);
      case 12:
        return view.getFloat64(at, little);
      case 16:
      case 17:
      case 18:
        return Number(view.getBigUint64(at, little));
      default:
        return view.getUint32(at, little);
    }
  };
  const pages: Directory[] = [];
  const seen = new Set<number>();
  let at = offsetAt(big ? 8 : 4);
  while (at !== 0) {
    if (seen.has(at)) throw new Error('its directories go round in a circle');
    seen.add(at);
    const count = big ? Number(view.getBigUint64(at, little)) : view.getUint16(at, little);
    const step = big ? 20 : 12;
    const first = at + (big ? 8 : 2);
    const tags = new Map<number, number[]>();
    for (let i = 0; i < count; i++) {
      const entry = first + i * step;
      const type = view.getUint16(entry + 2, little);
      const size = sizes[type] ?? 0;
      const number = big ? Number(view.getBigUint64(entry + 4, little)) : view.getUint32(entry + 4, little);
      const inline = entry + (big ? 12 : 8);
      const room = big ? 8 : 4;
      if (size === 0 || number * size > bytes.length) continue;
      const start = number * size <= room ? inline : offsetAt(inline);
      tags.set(
        view.getUint16(entry, little),
        Array.from({ length: number }, (_, k) => value(type, start + k * size)),
      );
    }
    pages.push(tags);
    at = offsetAt(first + count * step);
  }
  return { pages, little };
}
