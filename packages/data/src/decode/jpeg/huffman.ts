import { zigzag } from './zigzag.js';

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
const beyond = 127;

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
const signedOf = (bits: number, size: number): number =>
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

/** Reads bits, high ones first, from the entropy-coded data of a scan; stops at a marker. */
export class BitReader {
  private hold = 0;
  /** Bits in `hold`, of which the last `padding` are not in the file. */
  private held = 0;
  private padding = 0;

  constructor(
    private readonly bytes: Uint8Array,
    /** The next byte. */
    public at: number,
  ) {}

  private fill(): void {
    const { bytes } = this;
    while (this.held <= 24) {
      let byte = 0;
      if (this.at < bytes.length && (bytes[this.at] !== 0xff || bytes[this.at + 1] === 0)) {
        byte = bytes[this.at]!;
        this.at += byte === 0xff ? 2 : 1;
      } else this.padding += 8;
      this.hold = (this.hold << 8) | byte;
      this.held += 8;
    }
  }

  /** The next `n` bits, 1 to 16, as an unsigned number. */
  bits(n: number): number {
    if (this.held < n) this.fill();
    this.held -= n;
    return (this.hold >>> this.held) & ((1 << n) - 1);
  }

  /** The next `n` bits as a signed number: the half that begins with 0 is negative (T.81, F.2.2.1). */
  signed(n: number): number {
    return n === 0 ? 0 : signedOf(this.bits(n), n);
  }

  /** The symbol of the next code. */
  symbol({ short, first, count, offset, symbols }: HuffmanTable): number {
    if (this.held < 16) this.fill();
    const entry = short[(this.hold >>> (this.held - 9)) & 511]!;
    if (entry !== 0) {
      this.held -= entry & 31;
      return entry >> 5;
    }
    for (let length = 10; length <= 16; length++) {
      const code = ((this.hold >>> (this.held - length)) & ((1 << length) - 1)) - first[length]!;
      if (code >= 0 && code < count[length - 1]!) {
        this.held -= length;
        return symbols[offset[length]! + code]!;
      }
    }
    throw new Error('its data hold a code that no table has');
  }

  /**
   * The coefficients of a baseline block behind its mean, into the 64 places from `from` on. Where the reader stands is kept in
   * variables of its own: half of the time of a call for each coefficient.
   */
  coefficients(table: HuffmanTable, into: Int16Array, from: number): void {
    const { bytes } = this;
    const { whole } = table;
    let hold = this.hold;
    let held = this.held;
    for (let k = 1; k < 64; k++) {
      if (held < 16) {
        let at = this.at;
        while (held <= 24) {
          let byte = 0;
          if (at < bytes.length && (bytes[at] !== 0xff || bytes[at + 1] === 0)) {
            byte = bytes[at]!;
            at += byte === 0xff ? 2 : 1;
          } else this.padding += 8;
          hold = (hold << 8) | byte;
          held += 8;
        }
        this.at = at;
      }
      const entry = whole[(hold >>> (held - 10)) & 1023]!;
      if (entry !== 0) {
        held -= entry & 255;
        k += (entry >> 8) & beyond;
        if (k < 64) into[from + zigzag[k]!] = entry >> 16;
        else if (k < beyond) throw new Error('its data are damaged');
        continue;
      }
      this.hold = hold;
      this.held = held;
      const symbol = this.symbol(table);
      const size = symbol & 15;
      k += symbol >> 4;
      if (size > 0) {
        if (k > 63) throw new Error('its data are damaged');
        into[from + zigzag[k]!] = this.signed(size);
      }
      hold = this.hold;
      held = this.held;
      // Sixteen zeros, or the end.
      if (size === 0 && symbol !== 0xf0) break;
    }
    this.hold = hold;
    this.held = held;
  }

  /** Throws when bits were read that are not in the file. */
  assertPresent(): void {
    if (this.held < this.padding) throw new Error('its data end early');
  }

  /** Leaves the rest of a byte and goes over the restart marker of that number (0 to 7). */
  restart(number: number): void {
    this.assertPresent();
    while (this.bytes[this.at] === 0xff && this.bytes[this.at + 1] === 0xff) this.at++;
    // Whole bytes that were read ahead are at most those before the marker: there must be none.
    if (
      this.held - this.padding >= 8 ||
      this.bytes[this.at] !== 0xff ||
      this.bytes[this.at + 1] !== 0xd0 + number
    )
      throw new Error('a restart marker is missing');
    this.at += 2;
    [this.hold, this.held, this.padding] = [0, 0, 0];
  }
}
