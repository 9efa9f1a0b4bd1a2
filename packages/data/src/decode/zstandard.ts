import { decompress } from 'fzstd';
import { platform } from '#platform';
import { xxh64 } from './xxh64.js';
import { type FrameDecoder, loadZstandard, unzstandardByWasm } from './zstandard-wasm.js';

const magic = 0xfd2fb528;
/** Frames that only carry something along: 0x184D2A50 to …5F. */
const isSkippable = (word: number) => word >>> 4 === 0x184d2a5;
/** The most bytes that a block gives (RFC 8878, 3.1.1.2.4). */
const largestBlock = 2 ** 17;
/** Stands behind the last byte, so that where the data end can be told, and not a byte too far. */
const mark = /* @__PURE__ */ Uint8Array.of(0x8f, 0x35, 0xd1, 0x6b, 0xe7, 0x92, 0x4d, 0xb9);

interface Frame {
  /** Where its blocks begin. */
  readonly blocks: number;
  /** Bytes that it gives, where it says so. */
  readonly size: number | undefined;
  readonly checksum: boolean;
}

/** Where a frame, its last block, the end of its blocks and its own end stand. */
interface Place {
  readonly start: number;
  readonly last: number;
  readonly blocks: number;
  readonly end: number;
  readonly checksum: boolean;
}

const ends = () => new Error('the Zstandard data end early');

/** The header of the frame at `at` (RFC 8878, 3.1.1.1). */
function frameAt(bytes: Uint8Array, at: number): Frame {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (at + 6 > bytes.length) throw ends();
  if (words.getUint32(at, true) !== magic) throw new Error('the Zstandard data are damaged');
  const flags = bytes[at + 4]!;
  const single = (flags >> 5) & 1;
  const dictionary = [0, 1, 2, 4][flags & 3]!;
  const width = flags >> 6 === 0 ? single : 1 << (flags >> 6);
  const place = at + 6 - single + dictionary;
  if (place + width > bytes.length) throw ends();
  let size = width === 0 ? undefined : width === 2 ? 256 : 0;
  for (let i = 0; i < width; i++) size! += bytes[place + i]! * 256 ** i;
  return { blocks: place + width, size, checksum: (flags & 4) !== 0 };
}

/**
 * Bytes that Zstandard data say they give, all frames together.
 * @returns `undefined` where the first frame does not say.
 * @throws {Error} where its header is damaged.
 */
export function zstandardSize(bytes: Uint8Array): number | undefined {
  return frameAt(bytes, 0).size;
}

/**
 * Where a frame's last block and the frame end. Nothing is decoded for it: so blocks of one repeated byte can't give more
 * than `most`, and others are not so many that they take long.
 */
function walk(bytes: Uint8Array, start: number, { blocks, checksum }: Frame, most: number): Place {
  let [at, plain, packed] = [blocks, 0, 0];
  for (;;) {
    if (at + 3 > bytes.length) throw ends();
    const header = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
    const [kind, size] = [(header >> 1) & 3, header >> 3];
    if (kind === 3 || size > largestBlock) throw new Error('the Zstandard data are damaged');
    if (kind === 2) packed++;
    else plain += size;
    const [last, next] = [at, at + 3 + (kind === 1 ? 1 : size)];
    if (next > bytes.length) throw ends();
    if (plain > most || packed > 4096 + most / 2 ** 14)
      throw new Error(`the Zstandard data give more than ${most} bytes`);
    if ((header & 1) === 1) {
      const end = next + (checksum ? 4 : 0);
      if (end > bytes.length) throw ends();
      return { start, last, blocks: next, end, checksum };
    }
    at = next;
  }
}

/**
 * One frame into `out`, which has room for what it gives and the mark, in code of our own.
 * @returns how many of `lengths` bytes it gives, `undefined` for another number.
 */
function decode(
  bytes: Uint8Array,
  { start, last, blocks, end, checksum }: Place,
  lengths: readonly number[],
  out: Uint8Array,
): number | undefined {
  // Without its checksum, whose place the mark takes as one more block.
  const marked = new Uint8Array(blocks - start + 3 + mark.length);
  marked.set(bytes.subarray(start, blocks));
  marked[4]! &= ~4;
  marked[last - start]! &= ~1;
  marked[blocks - start] = (mark.length << 3) | 1;
  marked.set(mark, blocks - start + 3);
  try {
    decompress(marked, out);
  } catch (cause) {
    throw new Error(`the Zstandard data are damaged (${(cause as Error).message})`, { cause });
  }
  const found = lengths.find((length) => mark.every((byte, i) => out[length + i] === byte));
  if (found === undefined || !checksum) return found;
  const stored = new DataView(bytes.buffer, bytes.byteOffset + end - 4, 4).getUint32(0, true);
  if (xxh64(out.subarray(0, found)) !== stored)
    throw new Error('the Zstandard data are damaged (their checksum is wrong)');
  return found;
}

const quickest: readonly FrameDecoder[] = [
  (frame, lengths) => platform.unzstandard(frame, lengths),
  unzstandardByWasm,
];

function firstOf(decoders: readonly FrameDecoder[], frame: Uint8Array, lengths: readonly number[]) {
  for (const decoder of decoders) {
    const found = decoder(frame, lengths);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** One byte in a frame of its own. */
const oneByte = /* @__PURE__ */ Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 1, 9, 0, 0, 7);
let ready: Promise<void> | undefined;

/** Waits until `unzstandard` has the quickest decoder that there is: WebAssembly is loaded where no native code is. */
export function readyZstandard(): Promise<void> {
  ready ??= platform.unzstandard(oneByte, [1]) === undefined ? loadZstandard() : Promise.resolve();
  return ready;
}

/**
 * Zstandard data (RFC 8878) of one of a few known sizes. No memory is taken for a window, and work is bounded by the
 * largest of them, whatever the data declare. Checksums are checked. Native code is asked first, where the platform has
 * it, and WebAssembly next; what they refuse is looked at here, so that the outcome is the same everywhere.
 *
 * @param sizes how many bytes may come out, the smallest first.
 * @param decoders who is asked first.
 * @throws {Error} where the data are damaged, or give another number of bytes.
 */
export function unzstandard(
  bytes: Uint8Array,
  sizes: readonly number[],
  decoders: readonly FrameDecoder[] = quickest,
): Uint8Array {
  const most = sizes.at(-1)!;
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  // Not made for a single frame that is decoded quickly.
  let out: Uint8Array | undefined;
  let [at, to] = [0, 0];
  while (at < bytes.length) {
    if (at + 8 <= bytes.length && isSkippable(words.getUint32(at, true))) {
      at += 8 + words.getUint32(at + 4, true);
      continue;
    }
    const frame = frameAt(bytes, at);
    const { size } = frame;
    if (size !== undefined && to + size > most)
      throw new Error(`the Zstandard data give more than ${most} bytes`);
    const place = walk(bytes, at, frame, most - to);
    const lengths = size === undefined ? sizes.map((total) => total - to).filter((n) => n >= 0) : [size];
    const quick = firstOf(decoders, bytes.subarray(at, place.end), lengths);
    if (quick !== undefined && to === 0 && place.end === bytes.length && sizes.includes(quick.length))
      return quick;
    out ??= new Uint8Array(most + mark.length);
    const into = out.subarray(to);
    if (quick !== undefined) into.set(quick);
    const found = quick?.length ?? decode(bytes, place, lengths, into);
    if (found === undefined) throw new Error(`the Zstandard data do not give ${sizes.join(' or ')} bytes`);
    to += found;
    at = place.end;
  }
  if (!sizes.includes(to)) throw new Error(`the Zstandard data give ${to} of ${most} bytes`);
  return out?.subarray(0, to) ?? new Uint8Array();
}
