/** Coefficients of a component, and which of them are not 0. */
export interface Coefficients {
  /** 64 a block. */
  readonly values: Int16Array;
  /** Two words a block of a progressive picture: a bit for each but the mean, in the order in which they are sent. */
  readonly known: Int32Array;
}

const lowest = (bits: number): number => 31 - Math.clz32(bits & -bits);

/** The first place from `k` to `end` of the block with that first word whose bit is set, or `end` + 1. */
export function nextKnown(known: Int32Array, word: number, k: number, end: number): number {
  if (k < 32) {
    const bits = known[word]! & (-1 << k);
    if (bits !== 0) return Math.min(lowest(bits), end + 1);
  }
  const bits = k > 63 ? 0 : known[word + 1]! & (k > 32 ? -1 << (k - 32) : -1);
  return bits === 0 ? end + 1 : Math.min(32 + lowest(bits), end + 1);
}

/** Enters the next bit of a coefficient, 1 or 0, where it has not had it before: without a branch, since no one can guess it. */
export function refined(values: Int16Array, place: number, bit: number, sent: number): void {
  const value = values[place]!;
  const sign = value >> 31;
  const change = bit & ~value & -sent;
  values[place] = value + ((change ^ sign) - sign);
}
