import type { Component, Frame } from './frame.js';
import { BitReader, type HuffmanTable } from './huffman.js';
import { zigzag } from './zigzag.js';

/** A component as a scan sees it. */
export interface ScanPart {
  readonly component: Component;
  /** 64 coefficients a block, `rows` rows of `stride` blocks. */
  readonly coefficients: Int16Array;
  /** For each block of a progressive picture, whether any coefficient but the mean is not 0. */
  readonly filled: Uint8Array;
  readonly dc: HuffmanTable | undefined;
  readonly ac: HuffmanTable | undefined;
}

export interface Scan {
  readonly frame: Frame;
  readonly parts: readonly ScanPart[];
  /** Spectral selection and successive approximation. */
  readonly start: number;
  readonly end: number;
  readonly high: number;
  readonly low: number;
  /** Units between restart markers; 0 for none. */
  readonly restart: number;
}

type BlockReader = (part: ScanPart, at: number, index: number) => void;

interface ScanReader {
  readonly read: BlockReader;
  /** Forgets what was carried, at a restart. */
  reset(): void;
  /** Goes over blocks from `block` on that a run leaves as they are, at most `limit`; returns how many. */
  skip(part: ScanPart, block: number, limit: number): number;
}

const damaged = () => new Error('its data are damaged');

function tableOf(table: HuffmanTable | undefined): HuffmanTable {
  if (table === undefined) throw new Error('a Huffman table is missing');
  return table;
}

/** Readers of a block by the kind of the scan (T.81, F.2 and G.2), with what they carry from block to block. */
function blockReader(scan: Scan, reader: BitReader): ScanReader {
  const { start, end, high, low, frame } = scan;
  const before = new Int32Array(scan.parts.length);
  let run = 0;
  const reset = () => {
    before.fill(0);
    run = 0;
  };
  const dcOf = (dc: HuffmanTable | undefined, index: number): number => {
    const size = reader.symbol(tableOf(dc));
    if (size > 15) throw damaged();
    before[index]! += reader.signed(size);
    return before[index]!;
  };
  const baseline: BlockReader = ({ coefficients, dc, ac }, at, index) => {
    coefficients[at] = dcOf(dc, index);
    reader.coefficients(tableOf(ac), coefficients, at);
  };
  const dcFirst: BlockReader = ({ coefficients, dc }, at, index) => {
    coefficients[at] = dcOf(dc, index) << low;
  };
  const dcNext: BlockReader = ({ coefficients }, at) => {
    if (reader.bits(1) === 1) coefficients[at]! |= 1 << low;
  };
  const endOfBand = (r: number) => (r === 0 ? 1 : (1 << r) + reader.bits(r));
  const acFirst: BlockReader = ({ coefficients, filled, ac }, at) => {
    if (run > 0) {
      run--;
      return;
    }
    const table = tableOf(ac);
    for (let k = start; k <= end; k++) {
      const code = reader.symbol(table);
      const [r, size] = [code >> 4, code & 15];
      if (size === 0) {
        if (r < 15) {
          run = endOfBand(r) - 1;
          break;
        }
        k += 15;
        continue;
      }
      k += r;
      if (k > end) throw damaged();
      coefficients[at + zigzag[k]!] = reader.signed(size) << low;
      filled[at >> 6] = 1;
    }
  };
  const correct = (coefficients: Int16Array, place: number) => {
    const value = coefficients[place]!;
    if (reader.bits(1) === 1 && (value & (1 << low)) === 0)
      coefficients[place] = value > 0 ? value + (1 << low) : value - (1 << low);
  };
  const acNext: BlockReader = ({ coefficients, filled, ac }, at) => {
    let k = start;
    if (run === 0) {
      const table = tableOf(ac);
      for (; k <= end; k++) {
        const code = reader.symbol(table);
        let r = code >> 4;
        let fresh = 0;
        if ((code & 15) === 0) {
          if (r < 15) {
            run = endOfBand(r);
            break;
          }
        } else {
          if ((code & 15) !== 1) throw damaged();
          fresh = reader.bits(1) === 1 ? 1 << low : -(1 << low);
        }
        // Known coefficients on the way are refined; zeros are counted.
        for (; k <= end; k++) {
          const place = at + zigzag[k]!;
          if (coefficients[place] !== 0) correct(coefficients, place);
          else if (r-- === 0) {
            if (fresh !== 0) {
              coefficients[place] = fresh;
              filled[at >> 6] = 1;
            }
            break;
          }
        }
        if (k > end && fresh !== 0) throw damaged();
      }
    }
    if (run > 0) {
      for (; k <= end; k++) {
        const place = at + zigzag[k]!;
        if (coefficients[place] !== 0) correct(coefficients, place);
      }
      run--;
    }
  };
  const none = () => 0;
  if (!frame.progressive) return { read: baseline, reset, skip: none };
  if (start === 0) return { read: high === 0 ? dcFirst : dcNext, reset, skip: none };
  const skip = ({ filled }: ScanPart, block: number, limit: number) => {
    const most = Math.min(run, limit);
    let count = most;
    // A refinement has bits for every coefficient that is not 0, in a run too.
    if (high > 0) for (count = 0; count < most && filled[block + count] === 0; ) count++;
    run -= count;
    return count;
  };
  return { read: high > 0 ? acNext : acFirst, reset, skip };
}

/** Checks what a scan header may say (T.81, B.2.3 and G.1.1.1). */
function assertScan({ frame, parts, start, end, high, low }: Scan): void {
  const blocks = parts.reduce((sum, { component: { h, v } }) => sum + h * v, 0);
  const sound = frame.progressive
    ? start <= end &&
      end < 64 &&
      low <= 13 &&
      (high === 0 || high === low + 1) &&
      (start === 0 ? end === 0 : parts.length === 1)
    : true;
  if (!sound || (parts.length > 1 && blocks > 10)) throw new Error('a scan header is damaged');
}

/**
 * Reads the entropy-coded data of a scan into the coefficients.
 * @returns where the data end.
 * @throws {Error} where they are damaged or end early.
 */
export function readScan(bytes: Uint8Array, at: number, scan: Scan): number {
  assertScan(scan);
  const reader = new BitReader(bytes, at);
  const { read, reset, skip } = blockReader(scan, reader);
  const { frame, parts, restart } = scan;
  let [done, marks] = [0, 0];
  const begin = () => {
    if (restart === 0 || done === 0 || done % restart !== 0) return;
    reader.restart(marks++ & 7);
    reset();
  };
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) {
    const { blocksAcross, blocksDown, stride } = only.component;
    for (let y = 0; y < blocksDown; y++) {
      for (let x = 0; x < blocksAcross; ) {
        begin();
        const empty = restart === 0 ? skip(only, y * stride + x, blocksAcross - x) : 0;
        if (empty === 0) read(only, (y * stride + x) * 64, 0);
        const step = Math.max(1, empty);
        x += step;
        done += step;
      }
      reader.assertPresent();
    }
    return reader.at;
  }
  for (let row = 0; row < frame.unitsDown; row++)
    for (let column = 0; column < frame.unitsAcross; column++, done++) {
      begin();
      for (let index = 0; index < parts.length; index++) {
        const part = parts[index]!;
        const { h, v, stride } = part.component;
        for (let y = 0; y < v; y++)
          for (let x = 0; x < h; x++) read(part, ((row * v + y) * stride + column * h + x) * 64, index);
      }
      reader.assertPresent();
    }
  return reader.at;
}
