import { roomFor, wasmModule } from '../wasm-module.js';
import { wordsBytes } from './words-kernel-bytes.js';

/** A copy with the bytes of each whole word of 2, 4 or 8 bytes turned about, in plain TypeScript. */
export function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const out = new Uint8Array(bytes.length - (bytes.length % width));
  const { buffer } = out;
  // Words must begin at whole ones.
  const { buffer: source, byteOffset } = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  if (width === 2) swapPairs(new Uint16Array(source, byteOffset, out.length >> 1), new Uint16Array(buffer));
  else swapWords(new Int32Array(source, byteOffset, out.length >> 2), new Int32Array(buffer), width >> 3);
  return out;
}

function swapPairs(words: Uint16Array, out: Uint16Array): void {
  for (let i = 0; i < out.length; i++) out[i] = (words[i]! << 8) | (words[i]! >> 8);
}

/** @param other 1 where two words are one value, and change places. */
function swapWords(words: Int32Array, out: Int32Array, other: number): void {
  for (let i = 0; i < out.length; i++) {
    const word = words[i]!;
    out[i ^ other] = (word << 24) | ((word & 0xff00) << 8) | ((word >> 8) & 0xff00) | (word >>> 24);
  }
}

interface WordsModule {
  readonly memory: WebAssembly.Memory;
  swapped(at: number, end: number, width: number): void;
}

const wordsModule = wasmModule<WordsModule>(wordsBytes);

/** Bytes that a module turns at a time, which fit a processor's cache. */
const portion = 2 ** 16;

/** `swapped` by WebAssembly with SIMD, the same bytes; undefined where that is not to be had. */
export function swappedBySimd(bytes: Uint8Array, width: number): Uint8Array | undefined {
  const module = wordsModule();
  if (module === undefined) return undefined;
  const out = new Uint8Array(bytes.length - (bytes.length % width));
  const memory = new Uint8Array(roomFor(module.memory, portion));
  for (let at = 0; at < out.length; at += portion) {
    const count = Math.min(portion, out.length - at);
    memory.set(bytes.subarray(at, at + count));
    module.swapped(0, count, width);
    out.set(memory.subarray(0, count), at);
  }
  return out;
}

/** A copy with the bytes of each whole word turned about. */
export const swappedBytes = (bytes: Uint8Array, width: number): Uint8Array =>
  swappedBySimd(bytes, width) ?? swapped(bytes, width);
