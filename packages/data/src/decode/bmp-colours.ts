import { coloursBytes } from './bmp-kernel-bytes.js';
import { roomFor, wasmModule } from './wasm-module.js';

/** Bytes of a row, at least three a pixel. */
type Row = (y: number) => Uint8Array;

interface Size {
  readonly height: number;
  readonly width: number;
}

/** Blue, green and red of rows as red, green and blue without gaps: four pixels are three words, low byte first. */
export function turned(row: Row, { height, width }: Size): Uint8Array {
  const data = new Uint8Array(3 * height * width);
  for (let y = 0; y < height; y++) data.set(row(y).subarray(0, 3 * width), 3 * y * width);
  // Unsigned words would be kept as doubles.
  const words = new Int32Array(data.buffer, 0, 3 * Math.floor(data.length / 12));
  for (let i = 0; i < words.length; i += 3) {
    const first = words[i]!;
    const second = words[i + 1]!;
    const third = words[i + 2]!;
    words[i] =
      ((first >>> 16) & 0xff) | (first & 0xff00) | ((first & 0xff) << 16) | ((second & 0xff00) << 16);
    words[i + 1] = (second & 0xff) | ((first >>> 24) << 8) | ((third & 0xff) << 16) | (second & 0xff000000);
    words[i + 2] =
      ((second >>> 16) & 0xff) | ((third >>> 24) << 8) | (third & 0xff0000) | ((third & 0xff00) << 16);
  }
  for (let i = 4 * words.length; i < data.length; i += 3) {
    const blue = data[i]!;
    data[i] = data[i + 2]!;
    data[i + 2] = blue;
  }
  return data;
}

interface ColoursModule {
  readonly memory: WebAssembly.Memory;
  turned(at: number, end: number): void;
}

const coloursModule = wasmModule<ColoursModule>(coloursBytes);

/** Bytes that a module turns at a time, which fit a processor's cache. */
const portion = 2 ** 16;

/** The longest row: a module keeps the most memory that it ever had. */
const longest = 2 ** 20;

/** `turned` by WebAssembly with SIMD, the same bytes; undefined where that is not to be had, and for rows of a MiB. */
export function turnedBySimd(row: Row, { height, width }: Size): Uint8Array | undefined {
  const rowBytes = 3 * width;
  const module = rowBytes > longest ? undefined : coloursModule();
  if (module === undefined) return undefined;
  const rows = Math.max(1, Math.floor(portion / rowBytes));
  const memory = new Uint8Array(roomFor(module.memory, rows * rowBytes + 48));
  const data = new Uint8Array(height * rowBytes);
  for (let top = 0; top < height; top += rows) {
    const count = Math.min(rows, height - top);
    for (let y = 0; y < count; y++) memory.set(row(top + y).subarray(0, rowBytes), y * rowBytes);
    module.turned(0, count * rowBytes);
    data.set(memory.subarray(0, count * rowBytes), top * rowBytes);
  }
  return data;
}
