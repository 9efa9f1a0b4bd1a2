import { assertDeclared, type Limits, Unsupported } from '../faults.js';
import { BitReader } from './bit-reader.js';
import { type HuffmanTable, huffmanTable } from './huffman.js';

/** Samples of a lossless JPEG, components side by side. */
export interface LosslessPicture {
  readonly data: Uint16Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Bits of a sample, 2 to 16. */
  readonly bits: number;
}

interface LosslessFrame {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly ids: readonly number[];
}

function frameOf(data: Uint8Array): LosslessFrame {
  const count = data[5] ?? 0;
  if (data.length < 6 || data.length !== 6 + 3 * count || count < 1 || count > 4)
    throw new Error('its frame header is damaged');
  const [bits, height, width] = [data[0]!, (data[1]! << 8) | data[2]!, (data[3]! << 8) | data[4]!];
  if (bits < 2 || bits > 16) throw new Error(`it declares samples of ${bits} bits`);
  const ids = Array.from({ length: count }, (_, i) => data[6 + 3 * i]!);
  if (ids.some((_, i) => data[7 + 3 * i] !== 0x11))
    throw new Unsupported('lossless JPEG with subsampled components is not supported; save it uncompressed');
  return { width, height, bits, ids };
}

/** The value foretold from the neighbours left (a), above (b) and between them (c): T.81, table H.1. */
function foretold(predictor: number, a: number, b: number, c: number): number {
  switch (predictor) {
    case 1:
      return a;
    case 2:
      return b;
    case 3:
      return c;
    case 4:
      return a + b - c;
    case 5:
      return a + ((b - c) >> 1);
    case 6:
      return b + ((a - c) >> 1);
    default:
      return (a + b) >> 1;
  }
}

/** Reads the one scan of all components. */
function samplesOf(
  bytes: Uint8Array,
  at: number,
  frame: LosslessFrame,
  tables: readonly HuffmanTable[],
  { predictor, shift, restart }: { predictor: number; shift: number; restart: number },
): Uint16Array {
  const { width, height, bits, ids } = frame;
  const channels = ids.length;
  const data = new Uint16Array(width * height * channels);
  const reader = new BitReader(bytes, at);
  const row = width * channels;
  const middle = 1 << (bits - shift - 1);
  let [left, marker, fresh] = [restart, 0, true];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (restart > 0 && left-- === 0) {
        if (x !== 0) throw new Unsupported('restarts within a row are not supported; save it uncompressed');
        reader.restart(marker++ % 8);
        left = restart - 1;
        fresh = true;
      }
      for (let c = 0; c < channels; c++) {
        const to = y * row + x * channels + c;
        const length = reader.symbol(tables[c]!);
        if (length > 16) throw new Error('its data are damaged');
        const difference = length === 16 ? 32_768 : reader.signed(length);
        // The first row of a run goes by the left alone, the first column by what is above.
        const before =
          x === 0
            ? fresh
              ? middle
              : data[to - row]!
            : fresh
              ? data[to - channels]!
              : foretold(predictor, data[to - channels]!, data[to - row]!, data[to - row - channels]!);
        data[to] = before + difference;
      }
      if (x === width - 1) fresh = false;
    }
  reader.assertPresent();
  if (shift > 0) for (let i = 0; i < data.length; i++) data[i]! <<= shift;
  return data;
}

/**
 * Lossless JPEG with Huffman codes (process 14, as DICOM and old microscopes use it), one scan, no subsampling.
 * @throws {Error} where it is damaged or ends early; `Unsupported` for the other processes.
 * @see ITU T.81, annex H, 1992.
 */
export function decodeLosslessJpeg(bytes: Uint8Array, limits: Limits): LosslessPicture {
  const tables = new Map<number, HuffmanTable>();
  let frame: LosslessFrame | undefined;
  let restart = 0;
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw new Error('its JPEG data are damaged');
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) throw new Error('its JPEG segments are damaged');
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    const next = at + 2 + length;
    if (length < 2 || next > bytes.length) throw new Error('a segment ends beyond the data');
    const data = bytes.subarray(at + 4, next);
    at = next;
    if (marker === 0xc4) readTables(data, tables);
    else if (marker === 0xdd) restart = ((data[0] ?? 0) << 8) | (data[1] ?? 0);
    else if (marker === 0xc3) {
      frame = frameOf(data);
      const { width, height, ids } = frame;
      // Every sample takes a bit at least.
      const present = { present: bytes.length, most: 16 };
      assertDeclared({ width, height, channels: ids.length, widthOfValue: 2 }, limits, present);
    } else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc)
      throw new Unsupported('JPEG of another process than its header says is not supported; save it anew');
    else if (marker === 0xda) {
      if (frame === undefined) throw new Error('its data come before the frame header');
      const { ids, width, height, bits } = frame;
      if (data[0] !== ids.length || data.length !== 4 + 2 * ids.length)
        throw new Unsupported(
          'lossless JPEG with a scan for each component is not supported; save it uncompressed',
        );
      const [predictor, shift] = [data[1 + 2 * ids.length]!, data[3 + 2 * ids.length]! & 15];
      if (predictor < 1 || predictor > 7 || shift >= bits) throw new Error('a scan header is damaged');
      const own = ids.map((_, i) => {
        const table = tables.get(data[2 + 2 * i]! >> 4);
        if (table === undefined) throw new Error('a Huffman table is missing');
        return table;
      });
      const samples = samplesOf(bytes, at, frame, own, { predictor, shift, restart });
      return { data: samples, width, height, channels: ids.length, bits };
    }
  }
  throw new Error('its JPEG data have no scan');
}

function readTables(data: Uint8Array, tables: Map<number, HuffmanTable>): void {
  for (let at = 0; at < data.length; ) {
    const count = data.subarray(at + 1, at + 17);
    const total = count.reduce((sum, n) => sum + n, 0);
    const id = data[at]!;
    if (id > 3 || at + 17 + total > data.length) throw new Error('a Huffman table is damaged');
    tables.set(id, huffmanTable(count, data.subarray(at + 17, at + 17 + total)));
    at += 17 + total;
  }
}
