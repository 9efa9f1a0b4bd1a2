import { Unsupported } from '../faults.js';
import { codeBits, horizontal, modeTable, pass, runTables } from './ccitt-codes.js';

let tables: { readonly runs: readonly [Uint16Array, Uint16Array]; readonly modes: Uint16Array } | undefined;

const damaged = () => new Error('the CCITT data are damaged');

/** Sets bits of a row, high ones first. */
function blacken(out: Uint8Array, from: number, to: number): void {
  if (from >= to) return;
  const [first, last] = [from >> 3, to >> 3];
  const [head, tail] = [255 >> (from & 7), 255 & ~(255 >> (to & 7))];
  if (first === last) {
    out[first]! |= head & tail;
    return;
  }
  out[first]! |= head;
  for (let at = first + 1; at < last; at++) out[at] = 255;
  // Behind the last row there is no byte.
  if (tail !== 0) out[last]! |= tail;
}

export interface Fax {
  /** TIFF's number: 2 (rows of runs at whole bytes), 3 (T.4, group 3), 4 (T.6, group 4). */
  readonly compression: number;
  readonly rows: number;
  readonly columns: number;
  /** Rows of group 3 may be told by the one before (T4Options, bit 0). */
  readonly twoDimensional: boolean;
}

/**
 * Black and white rows of a fax as packed bits, 1 for black, each row at a whole byte.
 *
 * @throws {Error} where they are damaged or end early; `Unsupported` for the uncompressed mode.
 * @see ITU-T Recommendations T.4 (2003) and T.6 (1988); TIFF 6.0, sections 10 and 11.
 */
export function unpackFax(
  bytes: Uint8Array,
  { compression, rows, columns, twoDimensional }: Fax,
): Uint8Array {
  tables ??= { runs: runTables(), modes: modeTable() };
  const { runs, modes } = tables;
  const rowBytes = (columns + 7) >> 3;
  const out = new Uint8Array(rows * rowBytes);
  const total = 8 * bytes.length;
  let at = 0;
  let row = 0;
  /** The next bits, zeros behind the end. */
  const peek = (count: number): number => {
    const byte = at >> 3;
    const word =
      byte + 2 < bytes.length
        ? (bytes[byte]! << 16) | (bytes[byte + 1]! << 8) | bytes[byte + 2]!
        : ((bytes[byte] ?? 0) << 16) | ((bytes[byte + 1] ?? 0) << 8);
    return (word >> (24 - (at & 7) - count)) & ((1 << count) - 1);
  };
  const symbol = (table: Uint16Array): number => {
    const entry = table[peek(codeBits)]!;
    const length = entry & 15;
    if (at + Math.max(1, length) > total) throw new Error(`the CCITT data end after ${row} of ${rows} rows`);
    if (length === 0) {
      if (table === modes && peek(7) === 1)
        throw new Unsupported('the uncompressed mode of CCITT is not supported; save it as deflate');
      throw damaged();
    }
    at += length;
    return entry >> 4;
  };
  const run = (colour: number): number => {
    let sum = 0;
    for (;;) {
      const part = symbol(runs[colour]!);
      sum += part;
      if (part < 64) return sum;
    }
  };
  // Where the colour changes: to black at even places, to white at odd ones; then the end of the row.
  let above = new Int32Array(columns + 4).fill(columns);
  let changes = new Int32Array(columns + 4);
  let count = 0;
  const change = (to: number) => {
    if (to > columns || to < (count === 0 ? 0 : changes[count - 1]!) || count > columns) throw damaged();
    changes[count++] = to;
  };
  const byRuns = () => {
    for (let x = 0; x < columns; ) {
      x += run(count & 1);
      change(x);
    }
  };
  const byRowAbove = () => {
    let [x, next, begun] = [0, 0, false];
    while (x < columns) {
      while (above[next]! < columns && (begun ? above[next]! <= x : above[next]! < x)) next += 2;
      const mode = symbol(modes);
      if (mode === pass) x = above[next + 1]!;
      else if (mode === horizontal) {
        const middle = x + run(count & 1);
        change(middle);
        x = middle + run(count & 1);
        change(x);
      } else {
        const to = above[next]! + mode - 3;
        if (to < x) throw damaged();
        x = to;
        change(x);
        next += next > 0 ? -1 : 1;
      }
      begun = true;
    }
  };
  /** Passes over zeros that fill up and the end of a row; false where there is none. */
  const endOfRow = (): boolean => {
    if (peek(11) !== 0) return false;
    const from = at;
    while (at < total && peek(1) === 0) at++;
    if (at >= total) at = from;
    else at++;
    return at > from;
  };
  for (; row < rows; row++) {
    count = 0;
    let plain = compression !== 4;
    if (compression === 3) {
      const marked = endOfRow();
      if (twoDimensional) {
        if (!marked) throw damaged();
        plain = peek(1) === 1;
        at++;
      }
    }
    if (plain) byRuns();
    else byRowAbove();
    if (compression === 2) at = (at + 7) & ~7;
    changes.fill(columns, count, count + 3);
    const start = 8 * row * rowBytes;
    for (let i = 0; i < count; i += 2) {
      blacken(out, start + changes[i]!, start + changes[i + 1]!);
    }
    [above, changes] = [changes, above];
  }
  return out;
}
