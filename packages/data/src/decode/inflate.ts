import { platform } from '#platform';

/** Codes of a Huffman tree by their lengths: for every `bits` next bits, `symbol << 4 | length`; 0 where none begins so. */
interface Tree {
  readonly table: Uint16Array;
  readonly bits: number;
}

function treeOf(lengths: Uint8Array, from: number, to: number): Tree {
  const count = new Uint16Array(16);
  for (let i = from; i < to; i++) count[lengths[i]!]!++;
  count[0] = 0;
  let bits = 15;
  while (bits > 1 && count[bits] === 0) bits--;
  const next = new Uint16Array(16);
  let [code, left] = [0, 1];
  for (let length = 1; length <= 15; length++) {
    code = (code + count[length - 1]!) << 1;
    next[length] = code;
    left = 2 * left - count[length]!;
    if (left < 0) throw new Error('the deflated data are damaged (a code is taken twice)');
  }
  const table = new Uint16Array(1 << bits);
  for (let symbol = from; symbol < to; symbol++) {
    const length = lengths[symbol]!;
    if (length === 0) continue;
    // Deflate sends codes high bit first into a stream that is read low bit first.
    let [forward, reversed] = [next[length]!++, 0];
    for (let i = 0; i < length; i++) {
      reversed = (reversed << 1) | (forward & 1);
      forward >>= 1;
    }
    const entry = ((symbol - from) << 4) | length;
    for (let at = reversed; at < table.length; at += 1 << length) table[at] = entry;
  }
  return { table, bits };
}

const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
// Base and extra bits of lengths (from symbol 257) and distances (RFC 1951, 3.2.5).
const lengthExtra = Uint8Array.from({ length: 29 }, (_, i) => (i < 8 || i === 28 ? 0 : (i >> 2) - 1));
const lengthBase = new Uint16Array(29);
const distanceExtra = Uint8Array.from({ length: 30 }, (_, i) => (i < 4 ? 0 : (i >> 1) - 1));
const distanceBase = new Uint16Array(30);
for (let i = 0, base = 3; i < 28; base += 1 << lengthExtra[i]!, i++) lengthBase[i] = base;
lengthBase[28] = 258;
for (let i = 0, base = 1; i < 30; base += 1 << distanceExtra[i]!, i++) distanceBase[i] = base;

const fixed = Uint8Array.from({ length: 288 + 30 }, (_, i) =>
  i >= 288 ? 5 : i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8,
);

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (let at = 0; at < bytes.length; ) {
    // 3,800 additions fit 32 bits before the remainder must be taken.
    const end = Math.min(bytes.length, at + 3800);
    // Four at a time: b gains four times a, and each byte as often as it is still added.
    for (; at + 4 <= end; at += 4) {
      const p = bytes[at]!;
      const q = bytes[at + 1]!;
      const r = bytes[at + 2]!;
      const t = bytes[at + 3]!;
      b += 4 * (a + p) + 3 * q + 2 * r + t;
      a += p + q + r + t;
    }
    for (; at < end; at++) {
      a += bytes[at]!;
      b += a;
    }
    a %= 65_521;
    b %= 65_521;
  }
  return ((b << 16) | a) >>> 0;
}

/** From so many bytes on the platform's own inflate repays that it must be called. */
const worthwhile = 2 ** 14;

/** The most that one byte of deflated data can become: a match of 258 bytes takes two bits at least. */
export const deflateRatio = 1032;

/**
 * Inflates zlib data (RFC 1950, 1951) of known size and checks their Adler-32.
 * @param size bytes that must come out, neither more nor fewer: no bomb makes more.
 * @throws {Error} where the data are damaged.
 */
export function unzlib(bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.length < 6) throw new Error(`the deflated data end after ${bytes.length} bytes`);
  const header = (bytes[0]! << 8) | bytes[1]!;
  if ((bytes[0]! & 15) !== 8 || bytes[0]! >> 4 > 7 || header % 31 !== 0 || (header & 32) !== 0)
    throw new Error('the header of the deflated data is damaged');
  if (size > bytes.length * deflateRatio)
    throw new Error(`${bytes.length} deflated bytes can't give ${size}`);
  // What the platform refuses is read again here, so that every platform refuses it in the same words.
  const quick = size < worthwhile ? undefined : platform.unzlib(bytes, size);
  if (quick !== undefined) return quick;
  const out = new Uint8Array(size);
  const { end, filled } = inflate(bytes, 2, out);
  if (filled < size) throw endsAfter(filled, size);
  const sum =
    ((bytes[end]! << 24) | (bytes[end + 1]! << 16) | (bytes[end + 2]! << 8) | bytes[end + 3]!) >>> 0;
  if (end + 4 > bytes.length || sum !== adler32(out))
    throw new Error('the checksum of the deflated data is wrong');
  return out;
}

/**
 * The same by the platform's stream where it inflates in streams alone, as browsers do; `undefined` where it does not, or
 * the data are too short to gain by it or refused: `unzlib` then says why.
 */
export async function unzlibAhead(bytes: Uint8Array, size: number): Promise<Uint8Array | undefined> {
  const sound = size >= worthwhile && size <= bytes.length * deflateRatio;
  return sound ? platform.inflateStream?.(bytes, size) : undefined;
}

const endsAfter = (to: number, size: number) =>
  new Error(`the deflated data end after ${to} of ${size} bytes`);

/**
 * Inflates raw deflate data from `at` on into `out`.
 * @param most what to do with more than `out` holds: `'refuse'` (default), or `'cut'`, which stops there.
 * @returns where the data end, unless cut, and how many bytes were written.
 * @throws {Error} where the data are damaged, end early, or give more than `out` holds.
 */
export function inflate(
  bytes: Uint8Array,
  at: number,
  out: Uint8Array,
  most: 'refuse' | 'cut' = 'refuse',
): { readonly end: number; readonly filled: number } {
  let [hold, held, to, last] = [0, 0, 0, 0];
  const length = bytes.length;
  const size = out.length;
  const take = (n: number): number => {
    while (held < n) {
      if (at >= length) throw endsAfter(to, size);
      hold |= bytes[at++]! << held;
      held += 8;
    }
    const value = hold & ((1 << n) - 1);
    hold >>>= n;
    held -= n;
    return value;
  };
  const symbol = ({ table, bits }: Tree): number => {
    while (held < bits && at < length) {
      hold |= bytes[at++]! << held;
      held += 8;
    }
    const entry = table[hold & ((1 << bits) - 1)]!;
    const used = entry & 15;
    if (used === 0 || used > held) throw new Error('the deflated data are damaged');
    hold >>>= used;
    held -= used;
    return entry >> 4;
  };
  const lengths = new Uint8Array(320);
  const trees = (): [Tree, Tree] => {
    const [literals, distances, codes] = [take(5) + 257, take(5) + 1, take(4) + 4];
    const short = new Uint8Array(19);
    for (let i = 0; i < codes; i++) short[order[i]!] = take(3);
    const tree = treeOf(short, 0, 19);
    const all = literals + distances;
    for (let i = 0; i < all; ) {
      const code = symbol(tree);
      if (code < 16) {
        lengths[i++] = code;
        continue;
      }
      if (code === 16 && i === 0) throw new Error('the deflated data are damaged');
      const value = code === 16 ? lengths[i - 1]! : 0;
      const times = code === 16 ? 3 + take(2) : code === 17 ? 3 + take(3) : 11 + take(7);
      if (i + times > all) throw new Error('the deflated data are damaged');
      lengths.fill(value, i, i + times);
      i += times;
    }
    return [treeOf(lengths, 0, literals), treeOf(lengths, literals, all)];
  };
  const tooMany = () => new Error(`the deflated data give more than ${size} bytes`);
  while (last === 0) {
    last = take(1);
    const kind = take(2);
    if (kind === 3) throw new Error('the deflated data are damaged');
    if (kind === 0) {
      // A stored block begins at a whole byte; whole bytes that were read ahead go back.
      at -= held >> 3;
      [hold, held] = [0, 0];
      const count = take(16);
      if ((take(16) ^ 0xffff) !== count) throw new Error('the deflated data are damaged');
      if (to + count > size) {
        if (most === 'refuse') throw tooMany();
        out.set(bytes.subarray(at, at + size - to), to);
        return { end: length, filled: size };
      }
      if (at + count > length) throw endsAfter(to, size);
      out.set(bytes.subarray(at, at + count), to);
      at += count;
      to += count;
      continue;
    }
    const [literals, distances] = kind === 1 ? [treeOf(fixed, 0, 288), treeOf(fixed, 288, 318)] : trees();
    const { table, bits } = literals;
    const mask = (1 << bits) - 1;
    for (;;) {
      while (held < bits && at < length) {
        hold |= bytes[at++]! << held;
        held += 8;
      }
      const entry = table[hold & mask]!;
      const used = entry & 15;
      if (used === 0 || used > held) throw new Error('the deflated data are damaged');
      hold >>>= used;
      held -= used;
      const code = entry >> 4;
      if (code < 256) {
        if (to >= size) {
          if (most === 'cut') return { end: length, filled: size };
          throw tooMany();
        }
        out[to++] = code;
        continue;
      }
      if (code === 256) break;
      if (code > 285) throw new Error('the deflated data are damaged');
      const run = lengthBase[code - 257]! + take(lengthExtra[code - 257]!);
      const far = symbol(distances);
      if (far > 29) throw new Error('the deflated data are damaged');
      const back = distanceBase[far]! + take(distanceExtra[far]!);
      if (back > to) throw new Error('the deflated data are damaged');
      if (to + run > size) {
        if (most === 'refuse') throw tooMany();
        for (let i = 0; to + i < size; i++) out[to + i] = out[to - back + i]!;
        return { end: length, filled: size };
      }
      if (run > 32 && back >= run) out.copyWithin(to, to - back, to - back + run);
      else for (let i = 0; i < run; i++) out[to + i] = out[to - back + i]!;
      to += run;
    }
  }
  return { end: at - (held >> 3), filled: to };
}
