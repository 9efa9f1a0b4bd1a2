import { type Band, BitReader } from './bit-reader.js';
import type { Coefficients } from './coefficients.js';
import type { Component, Frame } from './frame.js';
import type { HuffmanTable } from './huffman.js';

/** A component as a scan sees it. */
export interface ScanPart {
  readonly component: Component;
  /** `rows` rows of `stride` blocks. */
  readonly coefficients: Coefficients;
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

type BlockReader = (part: ScanPart, block: number, index: number) => void;

interface ScanReader {
  readonly read: BlockReader;
  /** Forgets what was carried, at a restart. */
  reset(): void;
  /** Goes over blocks from `block` on that a run leaves as they are, at most `limit`; returns how many. */
  skip(part: ScanPart, block: number, limit: number): number;
}

const damaged = () => new Error('its data are damaged');

const missing = () => new Error('a Huffman table is missing');

function tableOf(table: HuffmanTable | undefined): HuffmanTable {
  if (table === undefined) throw missing();
  return table;
}

/** Readers of a block by the kind of the scan (T.81, F.2 and G.2), with what they carry from block to block. */
function blockReader(scan: Scan, reader: BitReader): ScanReader {
  const { start, end, high, low, frame } = scan;
  const before = new Int32Array(scan.parts.length);
  const reset = () => {
    before.fill(0);
    reader.run = 0;
  };
  const { progressive } = frame;
  // Without progression a block comes whole, whatever the header says.
  const band = progressive ? { start, end, low, runs: true } : { start: 1, end: 63, low: 0, runs: false };
  const bands = scan.parts.map(({ ac }) => ac && { ...band, table: ac });
  const bandOf = (index: number): Band => {
    const found = bands[index];
    if (found === undefined) throw missing();
    return found;
  };
  const dcOf = (dc: HuffmanTable | undefined, index: number): number => {
    const size = reader.symbol(tableOf(dc));
    if (size > 15) throw damaged();
    before[index]! += reader.signed(size);
    return before[index]!;
  };
  const baseline: BlockReader = ({ coefficients, dc }, block, index) => {
    coefficients.values[64 * block] = dcOf(dc, index);
    reader.coefficients(bandOf(index), coefficients, block);
  };
  const dcFirst: BlockReader = ({ coefficients, dc }, block, index) => {
    coefficients.values[64 * block] = dcOf(dc, index) << low;
  };
  const dcNext: BlockReader = ({ coefficients }, block) => {
    if (reader.bits(1) === 1) coefficients.values[64 * block]! |= 1 << low;
  };
  const acFirst: BlockReader = ({ coefficients }, block, index) => {
    if (reader.run > 0) reader.run--;
    else reader.coefficients(bandOf(index), coefficients, block);
  };
  const acNext: BlockReader = ({ coefficients }, block, index) => {
    reader.refine(bandOf(index), coefficients, block);
  };
  const none = () => 0;
  if (!progressive) return { read: baseline, reset, skip: none };
  if (start === 0) return { read: high === 0 ? dcFirst : dcNext, reset, skip: none };
  const skip = ({ coefficients: { known } }: ScanPart, block: number, limit: number) => {
    const most = Math.min(reader.run, limit);
    let count = most;
    // A refinement has bits for every coefficient that is not 0, in a run too.
    const isEmpty = (at: number) => (known[at]! | known[at + 1]!) === 0;
    if (high > 0) for (count = 0; count < most && isEmpty(2 * (block + count)); ) count++;
    reader.run -= count;
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
        if (empty === 0) read(only, y * stride + x, 0);
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
          for (let x = 0; x < h; x++) read(part, (row * v + y) * stride + column * h + x, index);
      }
      reader.assertPresent();
    }
  return reader.at;
}
