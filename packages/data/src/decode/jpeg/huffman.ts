/** Codes of a Huffman table. */
export interface HuffmanTable {
  /** `symbol << 5 | length` by the next 9 bits, for codes of at most 9; 0 for others. */
  readonly short: Int32Array;
  /**
   * By the next 10 bits, for coefficients whose code and value they hold: `value << 16 | zeros before << 8 | bits of both`, for the end
   * of a block `beyond` zeros; 0 for others.
   */
  readonly whole: Int32Array;
  /** First code of a length aligned to 16 bits, its number of codes, and where its symbols begin. */
  readonly first: Int32Array;
  readonly count: Uint8Array;
  readonly offset: Int32Array;
  readonly symbols: Uint8Array;
}

/** More zeros than a block and the longest run have. */
export const beyond = 127;

/** Enters a code, aligned to 10 bits, with all values that may stand behind it. */
function enterWhole(whole: Int32Array, code: number, length: number, symbol: number): void {
  const size = symbol & 15;
  const rest = 10 - length - size;
  if (rest < 0 || (size === 0 && symbol !== 0)) return;
  const zeros = symbol === 0 ? beyond : symbol >> 4;
  for (let bits = 0; bits < 1 << size; bits++) {
    const value = signedOf(bits, size);
    const at = code + (bits << rest);
    whole.fill((value << 16) | (zeros << 8) | (length + size), at, at + (1 << rest));
  }
}

/** A number of so many bits, of which the half that begins with 0 is negative (T.81, F.2.2.1). */
export const signedOf = (bits: number, size: number): number =>
  size > 0 && bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;

/**
 * A table from the number of codes of each length 1 to 16, and their symbols in order (ITU T.81, annex C).
 * @throws {Error} when there are more codes than the lengths allow.
 */
export function huffmanTable(count: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const first = new Int32Array(17);
  const offset = new Int32Array(17);
  const short = new Int32Array(512);
  const whole = new Int32Array(1024);
  for (let length = 1, code = 0, at = 0; length <= 16; length++, code <<= 1) {
    first[length] = code;
    offset[length] = at;
    const codes = count[length - 1]!;
    if (code + codes > 1 << length) throw new Error('a Huffman table is damaged');
    for (let i = 0; i < codes; i++, code++, at++) {
      const symbol = symbols[at]!;
      if (length <= 9) short.fill((symbol << 5) | length, code << (9 - length), (code + 1) << (9 - length));
      if (length <= 10) enterWhole(whole, code << (10 - length), length, symbol);
    }
  }
  return { short, whole, first, count: count.slice(), offset, symbols: symbols.slice() };
}
