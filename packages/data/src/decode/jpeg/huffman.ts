/** Codes of a Huffman table: `symbol << 5 | length` for every 16 next bits; 0 where no code begins so. */
export interface HuffmanTable {
  /** By the next 9 bits, for codes of at most 9. */
  readonly short: Int32Array;
  /** First code of a length aligned to 16 bits, its number of codes, and where its symbols begin. */
  readonly first: Int32Array;
  readonly count: Uint8Array;
  readonly offset: Int32Array;
  readonly symbols: Uint8Array;
}

/**
 * A table from the number of codes of each length 1 to 16, and their symbols in order (ITU T.81, annex C).
 * @throws {Error} when there are more codes than the lengths allow.
 */
export function huffmanTable(count: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const first = new Int32Array(17);
  const offset = new Int32Array(17);
  const short = new Int32Array(512);
  for (let length = 1, code = 0, at = 0; length <= 16; length++, code <<= 1) {
    first[length] = code;
    offset[length] = at;
    const codes = count[length - 1]!;
    if (code + codes > 1 << length) throw new Error('a Huffman table is damaged');
    for (let i = 0; i < codes; i++, code++, at++)
      if (length <= 9)
        short.fill((symbols[at]! << 5) | length, code << (9 - length), (code + 1) << (9 - length));
  }
  return { short, first, count: count.slice(), offset, symbols: symbols.slice() };
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
    if (n === 0) return 0;
    const value = this.bits(n);
    return value < 1 << (n - 1) ? value - (1 << n) + 1 : value;
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
