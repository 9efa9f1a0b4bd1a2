/** The five primes, as halves of 32 bits, the higher first. */
const primes = [
  [0x9e3779b1, 0x85ebca87],
  [0xc2b2ae3d, 0x27d4eb4f],
  [0x165667b1, 0x9e3779f9],
  [0x85ebca77, 0xc2b2ae63],
  [0x27d4eb2f, 0x165667c5],
] as const;

/** Higher half of the product of two unsigned words of 32 bits. */
function above(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const inner = (Math.imul(a1, b0) >>> 0) + ((Math.imul(a0, b0) >>> 0) >>> 16);
  const outer = (Math.imul(a0, b1) >>> 0) + (inner & 0xffff);
  return (Math.imul(a1, b1) + (inner >>> 16) + (outer >>> 16)) | 0;
}

/** 1 where the sum of two words goes beyond 32 bits. */
const carry = (a: number, b: number, sum: number) => ((a & b) | ((a | b) & ~sum)) >>> 31;

/** A number of 64 bits as two words, that is worked on in place: no BigInt, which is slow by the million. */
class Long {
  high = 0;
  low = 0;

  set(high: number, low: number): this {
    this.high = high | 0;
    this.low = low | 0;
    return this;
  }
  add(high: number, low: number): this {
    const sum = (this.low + low) | 0;
    return this.set(this.high + high + carry(this.low, low, sum), sum);
  }
  times([high, low]: readonly [number, number]): this {
    const top = above(this.low, low) + Math.imul(this.high, low) + Math.imul(this.low, high);
    return this.set(top, Math.imul(this.low, low));
  }
  /** By 1 to 31 bits. */
  rotate(n: number): this {
    const { high, low } = this;
    return this.set((high << n) | (low >>> (32 - n)), (low << n) | (high >>> (32 - n)));
  }
  xor(high: number, low: number): this {
    return this.set(this.high ^ high, this.low ^ low);
  }
  /** With itself, moved down by 1 to 63 bits. */
  xorDown(n: number): this {
    const { high, low } = this;
    if (n >= 32) return this.xor(0, high >>> (n - 32));
    return this.xor(high >>> n, (low >>> n) | (high << (32 - n)));
  }
}

/**
 * Mixes eight bytes of each stripe of 32, from `at` on, into a sum, up to `end`: most of the work, so in numbers of the
 * loop's own.
 */
function mix(sum: Long, words: DataView, at: number, end: number): void {
  const [[, p1], [, p2]] = primes;
  const [h1, h2] = [primes[0][0], primes[1][0]];
  let { high, low } = sum;
  for (; at < end; at += 32) {
    const word = words.getInt32(at, true);
    const top = above(word, p2) + Math.imul(words.getInt32(at + 4, true), p2) + Math.imul(word, h2);
    const part = Math.imul(word, p2);
    const total = (low + part) | 0;
    high = (high + top + carry(low, part, total)) | 0;
    low = (total << 31) | (high >>> 1);
    high = (high << 31) | (total >>> 1);
    high = (above(low, p1) + Math.imul(high, p1) + Math.imul(low, h1)) | 0;
    low = Math.imul(low, p1);
  }
  sum.set(high, low);
}

/**
 * The lower 32 bits of the 64-bit xxHash of bytes, with seed 0: the checksum of Zstandard frames (RFC 8878, 3.1.1).
 * @see Collet, xxHash, 2012. https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
 */
export function xxh64(bytes: Uint8Array): number {
  const [p1, p2, p3, p4, p5] = primes;
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { length } = bytes;
  const whole = length - (length % 32);
  const lanes = [new Long(), new Long(), new Long(), new Long()] as const;
  lanes[0].set(...p1).add(...p2);
  lanes[1].set(...p2);
  lanes[3].set(~p1[0], ~p1[1]).add(0, 1);
  const lane = new Long();
  const round = (sum: Long, at: number) => {
    lane.set(words.getInt32(at + 4, true), words.getInt32(at, true)).times(p2);
    return sum.add(lane.high, lane.low).rotate(31).times(p1);
  };
  const hash = new Long().set(...p5);
  if (whole > 0) {
    for (const [i, sum] of lanes.entries()) mix(sum, words, 8 * i, whole);
    hash.set(0, 0);
    for (const [i, { high, low }] of lanes.entries()) {
      const turned = lane.set(high, low).rotate([1, 7, 12, 18][i]!);
      hash.add(turned.high, turned.low);
    }
    for (const { high, low } of lanes) {
      lane.set(high, low).times(p2).rotate(31).times(p1);
      hash
        .xor(lane.high, lane.low)
        .times(p1)
        .add(...p4);
    }
  }
  hash.add(Math.floor(length / 2 ** 32), length);
  let at = whole;
  const rest = new Long();
  for (; at + 8 <= length; at += 8) {
    const { high, low } = round(rest.set(0, 0), at);
    hash
      .xor(high, low)
      .rotate(27)
      .times(p1)
      .add(...p4);
  }
  if (at + 4 <= length) {
    rest.set(0, words.getInt32(at, true)).times(p1);
    hash
      .xor(rest.high, rest.low)
      .rotate(23)
      .times(p2)
      .add(...p3);
    at += 4;
  }
  for (; at < length; at++) {
    rest.set(0, bytes[at]!).times(p5);
    hash.xor(rest.high, rest.low).rotate(11).times(p1);
  }
  hash.xorDown(33).times(p2).xorDown(29).times(p3).xorDown(32);
  return hash.low >>> 0;
}
