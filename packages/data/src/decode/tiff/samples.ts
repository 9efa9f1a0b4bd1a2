import type { RasterData } from '@segscape/core';
import { Unsupported } from '../faults.js';
import { unpacked } from '../few-bits.js';
import { hostLittle } from '../host-little.js';
import { integrate, integrateFloats, integrateLong, type Words } from './predictors.js';
import { swappedBytes } from './swapped-words.js';

/** How the values of a page are stored. */
export interface SampleForm {
  readonly bits: number;
  /** 1 unsigned, 2 signed, 3 float. */
  readonly format: number;
  readonly little: boolean;
  /** 1 none, 2 differences, 3 differences of the bytes of floats. */
  readonly predictor: number;
}

/** Values of a strip or tile, and of a page while it is put together. */
export type Values = RasterData | Uint32Array | Float64Array;

type ValuesOf = new (length: number) => Values;

/** The array that holds a page's values while it is put together. */
export function arrayOf({ bits, format, predictor }: SampleForm): ValuesOf {
  const whole = [8, 16, 32, 64].includes(bits);
  const unsupported = (what: string) =>
    new Unsupported(`${what} are not supported; convert to 8, 16 or 32 bits`);
  if (format === 5 || format === 6) throw unsupported('complex numbers');
  if (![1, 2, 3, 4].includes(format)) throw unsupported(`samples of format ${format}`);
  if (!whole && (bits < 1 || bits > 16 || format === 3 || format === 2))
    throw unsupported(`${bits}-bit samples`);
  if (![1, 2, 3].includes(predictor))
    throw new Unsupported(`predictor ${predictor} is not supported; save it anew`);
  if (predictor !== 1 && !whole)
    throw new Unsupported(`predictor ${predictor} with ${bits}-bit samples is not supported; save it anew`);
  if (predictor === 3 && (format !== 3 || bits < 16)) throw new Error('predictor 3 is for floats alone');
  if (format === 3) {
    if (bits === 8) throw unsupported('8-bit floats');
    return Float32Array;
  }
  if (bits <= 8) return format === 2 ? Int16Array : Uint8Array;
  if (bits <= 16) return format === 2 ? Int16Array : Uint16Array;
  if (bits === 32) return format === 2 ? Int32Array : Uint32Array;
  return Float64Array;
}

/** Whole words in the machine's byte order: as they are where nothing is to be done to them, and otherwise a copy. */
function words(bytes: Uint8Array, width: number, { little, predictor }: SampleForm): Uint8Array {
  const swapped = little !== hostLittle && width > 1;
  if (!swapped && predictor === 1 && bytes.byteOffset % width === 0) return bytes;
  return swapped ? swappedBytes(bytes, width) : new Uint8Array(bytes);
}

/** Half precision (IEEE 754 binary16) to single. */
function fromHalf(word: number): number {
  const [sign, exponent, fraction] = [word & 0x8000 ? -1 : 1, (word >> 10) & 31, word & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/**
 * Values of one strip or tile of `rows` × `perRow`, `step` of them a pixel; few-bit rows end with whole bytes.
 * `bytes` are only read, and may be what the result lies in.
 */
export function valuesOf(
  bytes: Uint8Array,
  form: SampleForm,
  rows: number,
  perRow: number,
  step: number,
): Values {
  const { bits, format, predictor } = form;
  if (![8, 16, 32, 64].includes(bits)) return unpacked(bytes, rows, perRow, bits);
  const width = bits / 8;
  const count = rows * perRow;
  const own = predictor === 3 ? integrateFloats(bytes, width, rows, perRow, step) : words(bytes, width, form);
  const { buffer, byteOffset } = own;
  const unsigned =
    bits === 8
      ? own
      : bits === 16
        ? new Uint16Array(buffer, byteOffset, count)
        : new Uint32Array(buffer, byteOffset, (count * bits) / 32);
  if (predictor === 2 && bits < 64) {
    // Unsigned words of 32 bits would be summed as doubles.
    const summed = bits === 32 ? new Int32Array(buffer, byteOffset, count) : (unsigned as Words);
    integrate(summed, rows, perRow, step);
  }
  if (predictor === 2 && bits === 64) integrateLong(unsigned as Uint32Array, rows, perRow, step);
  if (format === 3) {
    if (bits === 32) return new Float32Array(buffer, byteOffset, count);
    if (bits === 64) return new Float32Array(new Float64Array(buffer, byteOffset, count));
    const out = new Float32Array(count);
    for (let i = 0; i < count; i++) out[i] = fromHalf(unsigned[i]!);
    return out;
  }
  const signed = format === 2;
  if (bits === 8) return signed ? new Int16Array(new Int8Array(buffer, byteOffset, count)) : own;
  if (bits === 16) return signed ? new Int16Array(buffer, byteOffset, count) : (unsigned as Uint16Array);
  if (bits === 32) return signed ? new Int32Array(buffer, byteOffset, count) : (unsigned as Uint32Array);
  const [low, high] = hostLittle ? [0, 1] : [1, 0];
  const out = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const top = unsigned[2 * i + high]!;
    out[i] = (signed ? top | 0 : top) * 0x1_0000_0000 + unsigned[2 * i + low]!;
    if (!Number.isSafeInteger(out[i]))
      throw new Unsupported(`the integer ${out[i]} is not supported; convert to 32 bits`);
  }
  return out;
}
