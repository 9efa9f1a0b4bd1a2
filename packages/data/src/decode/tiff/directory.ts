/** Bytes of a value of each field type, by its number; 0 for types that do not exist. */
const sizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

interface Entry {
  readonly type: number;
  readonly count: number;
  readonly start: number;
}

/** Tags of one page; values are read when asked for. */
export interface Directory {
  has(tag: number): boolean;
  /** Number of values; 0 when the tag is missing. */
  count(tag: number): number;
  /** All values; undefined when the tag is missing. */
  numbers(tag: number): number[] | undefined;
  /** The first value. @throws {Error} when the tag is missing and there is no default. */
  first(tag: number, otherwise?: number): number;
  /** Value number `index`. */
  at(tag: number, index: number): number | undefined;
  text(tag: number): string;
  bytes(tag: number): Uint8Array | undefined;
  /** Whether the directory or a value of it lies in those bytes of the file, so that no pixels do. */
  liesIn(from: number, to: number): boolean;
}

export interface TiffFile {
  readonly pages: readonly Directory[];
  readonly little: boolean;
  /**
   * The directories below a page (tag 330, SubIFDs), which hold the same picture smaller. Those of one file may not be
   * more than its bytes hold, whichever pages they belong to.
   */
  below(page: Directory): Directory[];
}

/** A pyramid halves its sides from level to level, so that the largest picture has fewer. */
const mostLevels = 64;

/**
 * Reads all directories of a TIFF or BigTIFF, of either byte order; those below a page when they are asked for.
 * @throws {Error} where they lie beyond the file, go round in a circle or overlap.
 */
export function readDirectories(bytes: Uint8Array): TiffFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  const big = view.getUint16(2, little) === 43;
  const offsetAt = (at: number) => (big ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little));
  const beyond = () => new Error('a directory lies beyond the end of the file');
  const pages: Directory[] = [];
  const seen = new Set<number>();
  let used = 0;
  if (bytes.length < (big ? 16 : 8)) throw beyond();
  const read = (at: number): { directory: Directory; next: number } => {
    if (seen.has(at)) throw new Error('its directories go round in a circle');
    seen.add(at);
    const [head, step, link] = big ? [8, 20, 8] : [2, 12, 4];
    if (at + head > bytes.length) throw beyond();
    const count = big ? Number(view.getBigUint64(at, little)) : view.getUint16(at, little);
    const first = at + head;
    const end = first + count * step;
    if (count > bytes.length || end + link > bytes.length) throw beyond();
    used += end + link - at;
    if (used > bytes.length) throw new Error('its directories overlap');
    const entries = new Map<number, Entry>();
    for (let i = 0; i < count; i++) {
      const entry = first + i * step;
      const type = view.getUint16(entry + 2, little);
      const size = sizes[type] ?? 0;
      const number = big ? Number(view.getBigUint64(entry + 4, little)) : view.getUint32(entry + 4, little);
      const inline = entry + (big ? 12 : 8);
      if (size === 0 || number * size > bytes.length) continue;
      const start = number * size <= (big ? 8 : 4) ? inline : offsetAt(inline);
      if (start + number * size > bytes.length) continue;
      entries.set(view.getUint16(entry, little), { type, count: number, start });
    }
    return { directory: directoryOf(bytes, view, little, entries, [at, end + link]), next: offsetAt(end) };
  };
  for (let at = offsetAt(big ? 8 : 4); at !== 0; ) {
    const { directory, next } = read(at);
    pages.push(directory);
    at = next;
  }
  const known = new Map<Directory, Directory[]>();
  const below = (page: Directory): Directory[] => {
    const levels = page.count(330);
    if (levels > mostLevels) throw new Error(`it declares ${levels} levels of a picture`);
    const found = known.get(page) ?? (page.numbers(330) ?? []).map((at) => read(at).directory);
    known.set(page, found);
    return found;
  };
  return { pages, little, below };
}

function fieldValue(view: DataView, type: number, at: number, little: boolean): number {
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
    case 17:
      return Number(view.getBigInt64(at, little));
    case 16:
    case 18:
      return Number(view.getBigUint64(at, little));
    default:
      return view.getUint32(at, little);
  }
}

function directoryOf(
  bytes: Uint8Array,
  view: DataView,
  little: boolean,
  entries: ReadonlyMap<number, Entry>,
  [start, end]: readonly [number, number],
): Directory {
  const at = (tag: number, index: number): number | undefined => {
    const entry = entries.get(tag);
    if (entry === undefined || index >= entry.count) return undefined;
    return fieldValue(view, entry.type, entry.start + index * sizes[entry.type]!, little);
  };
  const raw = (tag: number): Uint8Array | undefined => {
    const entry = entries.get(tag);
    return entry && bytes.subarray(entry.start, entry.start + entry.count * sizes[entry.type]!);
  };
  return {
    has: (tag) => entries.has(tag),
    count: (tag) => entries.get(tag)?.count ?? 0,
    at,
    numbers: (tag) => {
      const entry = entries.get(tag);
      return entry && Array.from({ length: entry.count }, (_, index) => at(tag, index)!);
    },
    first: (tag, otherwise) => {
      const value = at(tag, 0) ?? otherwise;
      if (value === undefined) throw new Error(`tag ${tag} is missing`);
      return value;
    },
    text: (tag) => new TextDecoder().decode(raw(tag) ?? new Uint8Array(0)).split('\0', 1)[0]!,
    bytes: raw,
    liesIn: (from, to) =>
      (start < to && end > from) ||
      [...entries.values()].some(
        (entry) => entry.start < to && entry.start + entry.count * sizes[entry.type]! > from,
      ),
  };
}
