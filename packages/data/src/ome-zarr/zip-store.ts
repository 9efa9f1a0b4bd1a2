import { type ByteRange, within } from '../byte-range.js';
import { crc32 } from '../decode/crc32.js';
import { Unsupported } from '../decode/faults.js';
import { deflateRatio, inflate } from '../decode/inflate.js';
import type { ZarrStore } from './zarr-store.js';

/** Reads a part of a file, cut to what there is. */
export type ReadRange = (range: ByteRange) => Promise<Uint8Array>;

interface Entry {
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly crc: number;
  /** Where its own header stands. */
  readonly at: number;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const damaged = () => new Error('its directory (ZIP) is damaged');
/** The value in a field of 32 bits that sends one to a field of 64. */
const beyond32 = 0xffff_ffff;
/** The end record, behind which a comment may stand. */
const [endBytes, longestComment] = [22, 65_535];

/** Where the central directory lies (APPNOTE 4.3.14 to 4.3.16). */
async function directoryPlace(read: ReadRange): Promise<{ offset: number; length: number }> {
  const tail = await read({ suffixLength: endBytes + longestComment + 20 });
  const view = viewOf(tail);
  let end = tail.length - endBytes;
  while (end >= 0 && view.getUint32(end, true) !== 0x0605_4b50) end--;
  if (end < 0) throw new Error('it is no ZIP file, or its end is missing');
  const [length, offset] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
  if (length !== beyond32 && offset !== beyond32) return { offset, length };
  if (end < 20 || view.getUint32(end - 20, true) !== 0x0706_4b50) throw damaged();
  const place = Number(view.getBigUint64(end - 12, true));
  const long = await read({ offset: place, length: 56 });
  if (long.length < 56 || viewOf(long).getUint32(0, true) !== 0x0606_4b50) throw damaged();
  const number = (at: number) => Number(viewOf(long).getBigUint64(at, true));
  return { offset: number(48), length: number(40) };
}

/** The sizes and the place of an entry that do not fit 32 bits, from its extra field 1. */
function inLong(view: DataView, from: number, to: number, given: readonly number[]): number[] {
  const found = [...given];
  for (let at = from; at + 4 <= to; ) {
    const [kind, length] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    let next = at + 4;
    at += 4 + length;
    if (kind !== 1 || at > to) continue;
    for (const [i, value] of given.entries())
      if (value === beyond32 && next + 8 <= at) {
        found[i] = Number(view.getBigUint64(next, true));
        next += 8;
      }
  }
  return found;
}

async function entriesOf(read: ReadRange): Promise<Map<string, Entry>> {
  const place = await directoryPlace(read);
  const bytes = await read(place);
  if (bytes.length < place.length) throw damaged();
  const view = viewOf(bytes);
  const entries = new Map<string, Entry>();
  for (let at = 0; at + 46 <= bytes.length; ) {
    if (view.getUint32(at, true) !== 0x0201_4b50) throw damaged();
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    const behind = at + 46 + name;
    if (behind + extra + comment > bytes.length) throw damaged();
    const short = [24, 20, 42].map((field) => view.getUint32(at + field, true));
    const [size, packed, from] = inLong(view, behind, behind + extra, short) as [number, number, number];
    const path = new TextDecoder().decode(bytes.subarray(at + 46, behind));
    const [method, crc] = [view.getUint16(at + 10, true), view.getUint32(at + 16, true)];
    entries.set(`/${path.replace(/^\/+/, '')}`, { method, packed, size, crc, at: from });
    at = behind + extra + comment;
  }
  return entries;
}

/** The folder of the hierarchy: the file's own root, or the one folder in it. */
function rootOf(entries: ReadonlyMap<string, Entry>): string {
  const described = (root: string) => ['zarr.json', '.zgroup'].some((name) => entries.has(`${root}/${name}`));
  if (described('')) return '';
  const folders = new Set([...entries.keys()].map((path) => path.slice(0, path.indexOf('/', 1))));
  return [...folders].find((folder) => folder !== '' && described(folder)) ?? '';
}

/**
 * The pieces of a ZIP file, stored or deflated, one by one as they are asked for; their checksums are looked at, but
 * where only a part of a piece is read.
 */
export function zipStore(read: ReadRange): ZarrStore {
  let opened: Promise<{ entries: Map<string, Entry>; root: string }> | undefined;
  const open = () => {
    opened ??= entriesOf(read).then((entries) => ({ entries, root: rootOf(entries) }));
    return opened;
  };
  const find = async (key: string) => {
    const { entries, root } = await open();
    return entries.get(`${root}${key}`);
  };
  const start = async ({ at }: Entry) => {
    const head = await read({ offset: at, length: 30 });
    if (head.length < 30 || viewOf(head).getUint32(0, true) !== 0x0403_4b50) throw damaged();
    return at + 30 + viewOf(head).getUint16(26, true) + viewOf(head).getUint16(28, true);
  };
  const whole = async (key: string, entry: Entry): Promise<Uint8Array> => {
    const { method, packed, size, crc } = entry;
    if (method !== 0 && method !== 8)
      throw new Unsupported(`ZIP compression ${method} is not supported; store the pieces as they are`);
    const bytes = await read({ offset: await start(entry), length: packed });
    const early = () => new Error(`its piece '${key}' ends early`);
    if (bytes.length < packed || (method === 0 && packed !== size)) throw early();
    let out = bytes;
    if (method === 8) {
      if (size > packed * deflateRatio) throw new Error(`${packed} deflated bytes can't give ${size}`);
      out = new Uint8Array(size);
      if (inflate(bytes, 0, out).filled < size) throw early();
    }
    if (crc32(out, 0, out.length) !== crc) throw new Error(`the checksum of its piece '${key}' is wrong`);
    return out;
  };
  return {
    async get(key) {
      const entry = await find(key);
      return entry && whole(key, entry);
    },
    async getRange(key, range) {
      const entry = await find(key);
      if (entry === undefined) return undefined;
      const [from, to] = within(range, entry.size);
      if (entry.method !== 0) return (await whole(key, entry)).subarray(from, to);
      return read({ offset: (await start(entry)) + from, length: to - from });
    },
  };
}
