import { type Coefficients, nextKnown, refined } from './coefficients.js';
import { beyond, type HuffmanTable, signedOf } from './huffman.js';
import { zigzag } from './zigzag.js';

/** Coefficients that a scan sends of a block. */
export interface Band {
  readonly table: HuffmanTable;
  /** The first and the last, in the order in which they are sent. */
  readonly start: number;
  readonly end: number;
  /** Bits that other scans send. */
  readonly low: number;
  /** Whether an end may be that of several blocks' bands, as in progressive pictures. */
  readonly runs: boolean;
}

/** Reads bits, high ones first, from the entropy-coded data of a scan; stops at a marker. */
export class BitReader {
  private hold = 0;
  /** Bits in `hold`, of which the last `padding` are not in the file. */
  private held = 0;
  private padding = 0;
  /** Blocks still to come whose bands have no coefficients. */
  run = 0;

  constructor(
    private readonly bytes: Uint8Array,
    /** The next byte. */
    public at: number,
  ) {}

  /** `hold` with 16 bits more, for which it must have room: always as many, so that a processor can guess what comes next. */
  private filled(hold: number): number {
    const { bytes } = this;
    let { at } = this;
    if (at + 1 < bytes.length) {
      const [first, second] = [bytes[at]!, bytes[at + 1]!];
      if (first !== 0xff && second !== 0xff) {
        this.at = at + 2;
        return (hold << 16) | (first << 8) | second;
      }
    }
    for (let left = 2; left > 0; left--) {
      let byte = 0;
      if (at < bytes.length && (bytes[at] !== 0xff || bytes[at + 1] === 0)) {
        byte = bytes[at]!;
        at += byte === 0xff ? 2 : 1;
      } else this.padding += 8;
      hold = (hold << 8) | byte;
    }
    this.at = at;
    return hold;
  }

  private fill(): void {
    this.hold = this.filled(this.hold);
    this.held += 16;
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
   * The coefficients of a band of a block (in the order in which they are sent), `low` bits short. Where the reader stands is kept in
   * variables of its own: half of the time of a call for each coefficient. How many more blocks' bands end with this one then stands
   * in `run`.
   */
  coefficients(band: Band, { values, known }: Coefficients, block: number): void {
    const { table, start, end, low, runs } = band;
    const { whole } = table;
    const from = 64 * block;
    let hold = this.hold;
    let held = this.held;
    for (let k = start; k <= end; k++) {
      if (held < 16) {
        hold = this.filled(hold);
        held += 16;
      }
      const entry = whole[(hold >>> (held - 10)) & 1023]!;
      if (entry !== 0) {
        held -= entry & 255;
        k += (entry >> 8) & beyond;
        if (k <= end) {
          const place = from + zigzag[k]!;
          values[place] = (entry >> 16) << low;
          if (runs && values[place] !== 0) known[2 * block + (k >> 5)]! |= 1 << k;
        } else if (k < beyond) throw new Error('its data are damaged');
        continue;
      }
      this.hold = hold;
      this.held = held;
      const symbol = this.symbol(table);
      const size = symbol & 15;
      const zeros = symbol >> 4;
      k += zeros;
      if (size > 0) {
        if (k > end) throw new Error('its data are damaged');
        const place = from + zigzag[k]!;
        values[place] = this.signed(size) << low;
        if (runs && values[place] !== 0) known[2 * block + (k >> 5)]! |= 1 << k;
      } else if (runs && zeros > 0 && zeros < 15) this.run = (1 << zeros) - 1 + this.bits(zeros);
      hold = this.hold;
      held = this.held;
      // Sixteen zeros, or the end.
      if (size === 0 && zeros < 15) break;
    }
    this.hold = hold;
    this.held = held;
  }

  /**
   * One bit more of the coefficients of a band that are known, and those that begin with this bit (T.81, G.1.2.3): kept in variables
   * as by `coefficients`. Only known ones are looked at, a few of 63.
   */
  refine({ table, start, end, low }: Band, { values, known }: Coefficients, block: number): void {
    const { whole } = table;
    const [from, word] = [64 * block, 2 * block];
    const bit = 1 << low;
    let hold = this.hold;
    let held = this.held;
    let k = start;
    for (; this.run === 0 && k <= end; k++) {
      if (held < 16) {
        hold = this.filled(hold);
        held += 16;
      }
      const entry = whole[(hold >>> (held - 10)) & 1023]!;
      let zeros = (entry >> 8) & beyond;
      // 1 or -1 where a coefficient begins.
      let begun = entry >> 16;
      if (entry !== 0) {
        held -= entry & 255;
        if (begun === 0) {
          this.run = 1;
          break;
        }
      } else {
        this.hold = hold;
        this.held = held;
        const symbol = this.symbol(table);
        zeros = symbol >> 4;
        begun = this.signed(symbol & 15);
        if ((symbol & 15) === 0 && zeros < 15) this.run = (1 << zeros) + (zeros > 0 ? this.bits(zeros) : 0);
        hold = this.hold;
        held = this.held;
        if (this.run > 0) break;
      }
      if (begun < -1 || begun > 1) throw new Error('its data are damaged');
      // Known coefficients on the way are refined; zeros are counted.
      for (;;) {
        const next = nextKnown(known, word, k, end);
        if (next > end || next - k > zeros) break;
        zeros -= next - k;
        k = next + 1;
        if (held < 1) {
          hold = this.filled(hold);
          held += 16;
        }
        refined(values, from + zigzag[next]!, bit, (hold >>> --held) & 1);
      }
      k += zeros;
      if (begun === 0) continue;
      if (k > end) throw new Error('its data are damaged');
      values[from + zigzag[k]!] = begun << low;
      known[word + (k >> 5)]! |= 1 << k;
    }
    if (this.run > 0) {
      for (k = nextKnown(known, word, k, end); k <= end; k = nextKnown(known, word, k + 1, end)) {
        if (held < 1) {
          hold = this.filled(hold);
          held += 16;
        }
        refined(values, from + zigzag[k]!, bit, (hold >>> --held) & 1);
      }
      this.run--;
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
