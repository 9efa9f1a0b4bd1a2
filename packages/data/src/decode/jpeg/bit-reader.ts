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

/** Bits of the whole bytes that fit beside so many in 32. */
const room = (held: number): number => (32 - held) & ~7;

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

  /** `hold` with as many whole bytes more as it has room for: `held` grows by `room(held)`. */
  private filled(hold: number, held: number): number {
    const { bytes } = this;
    let { at } = this;
    for (let left = room(held); left > 0; left -= 8) {
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
    this.hold = this.filled(this.hold, this.held);
    this.held += room(this.held);
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
   * The coefficients of a band of a block (in the order in which they are sent), `low` bits short, into the 64 places from `from` on.
   * Where the reader stands is kept in variables of its own: half of the time of a call for each coefficient.
   *
   * @returns whether there was any. How many more blocks' bands end with this one then stands in `run`.
   */
  coefficients(band: Band, into: Int16Array, from: number): boolean {
    const { table, start, end, low, runs } = band;
    const { whole } = table;
    let hold = this.hold;
    let held = this.held;
    let any = false;
    for (let k = start; k <= end; k++) {
      if (held < 16) {
        hold = this.filled(hold, held);
        held += room(held);
      }
      const entry = whole[(hold >>> (held - 10)) & 1023]!;
      if (entry !== 0) {
        held -= entry & 255;
        k += (entry >> 8) & beyond;
        if (k <= end) {
          into[from + zigzag[k]!] = (entry >> 16) << low;
          any = true;
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
        into[from + zigzag[k]!] = this.signed(size) << low;
        any = true;
      } else if (runs && zeros > 0 && zeros < 15) this.run = (1 << zeros) - 1 + this.bits(zeros);
      hold = this.hold;
      held = this.held;
      // Sixteen zeros, or the end.
      if (size === 0 && zeros < 15) break;
    }
    this.hold = hold;
    this.held = held;
    return any;
  }

  /**
   * One bit more of the coefficients of a band that are known, and those that begin with this bit (T.81, G.1.2.3): kept in variables
   * as by `coefficients`.
   * @returns whether any began.
   */
  refine({ table, start, end, low }: Band, into: Int16Array, from: number): boolean {
    const { short } = table;
    const bit = 1 << low;
    let hold = this.hold;
    let held = this.held;
    let any = false;
    let k = start;
    for (; this.run === 0 && k <= end; k++) {
      if (held < 16) {
        hold = this.filled(hold, held);
        held += room(held);
      }
      const entry = short[(hold >>> (held - 9)) & 511]!;
      let symbol = entry >> 5;
      if (entry !== 0) held -= entry & 31;
      else {
        this.hold = hold;
        this.held = held;
        symbol = this.symbol(table);
        hold = this.hold;
        held = this.held;
      }
      let zeros = symbol >> 4;
      let fresh = 0;
      if ((symbol & 15) === 0) {
        if (zeros < 15) {
          if (held < 16) {
            hold = this.filled(hold, held);
            held += room(held);
          }
          held -= zeros;
          this.run = (1 << zeros) + ((hold >>> held) & ((1 << zeros) - 1));
          break;
        }
      } else {
        if ((symbol & 15) !== 1) throw new Error('its data are damaged');
        if (held < 1) {
          hold = this.filled(hold, held);
          held += room(held);
        }
        fresh = ((hold >>> --held) & 1) === 1 ? bit : -bit;
      }
      // Known coefficients on the way are refined; zeros are counted.
      for (; k <= end; k++) {
        const place = from + zigzag[k]!;
        const value = into[place]!;
        if (value !== 0) {
          if (held < 1) {
            hold = this.filled(hold, held);
            held += room(held);
          }
          if (((hold >>> --held) & 1) === 1 && (value & bit) === 0)
            into[place] = value > 0 ? value + bit : value - bit;
        } else if (zeros-- === 0) {
          if (fresh !== 0) {
            into[place] = fresh;
            any = true;
          }
          break;
        }
      }
      if (k > end && fresh !== 0) throw new Error('its data are damaged');
    }
    if (this.run > 0) {
      for (; k <= end; k++) {
        const place = from + zigzag[k]!;
        const value = into[place]!;
        if (value === 0) continue;
        if (held < 1) {
          hold = this.filled(hold, held);
          held += room(held);
        }
        if (((hold >>> --held) & 1) === 1 && (value & bit) === 0)
          into[place] = value > 0 ? value + bit : value - bit;
      }
      this.run--;
    }
    this.hold = hold;
    this.held = held;
    return any;
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
