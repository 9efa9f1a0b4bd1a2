import type { Decoded } from './decoded.js';
import { assertDeclared, type Limits } from './faults.js';
import { chosen, type PlaneChoice } from './planes.js';

/** Goes over white space and comments, then reads a decimal number. */
function number(bytes: Uint8Array, at: number): { value: number; end: number } {
  while (at < bytes.length && (bytes[at]! <= 0x20 || bytes[at] === 0x23))
    if (bytes[at++] === 0x23) while (at < bytes.length && bytes[at] !== 0x0a) at++;
  let [value, digits] = [0, 0];
  for (; bytes[at]! >= 0x30 && bytes[at]! <= 0x39 && digits < 11; at++, digits++)
    value = 10 * value + bytes[at]! - 0x30;
  if (digits === 0 || digits === 11)
    throw new Error(at >= bytes.length ? 'its data end early' : 'it is no row of numbers');
  return { value, end: at };
}

/**
 * PBM, PGM and PPM, plain or binary, 1 to 16 bits (P1 to P6). In bitmaps 1 is black, as the format says. Binary pictures
 * may follow each other in one file.
 *
 * @param all every picture, or the one that `choice.page` says.
 * @throws {Unsupported} where there are several and none is asked for.
 */
export function decodeNetpbm(
  bytes: Uint8Array,
  limits: Limits,
  choice: PlaneChoice,
  all: boolean,
): Decoded[] {
  const found: Decoded[] = [];
  let taken = 0;
  for (let at = 0; ; ) {
    const { decoded, end } = pictureOf(bytes.subarray(at), { ...limits, taken });
    found.push(decoded);
    taken += decoded.raster.data.byteLength;
    at += end;
    if (!/^P[4-6]\s/.test(String.fromCharCode(...bytes.subarray(at, at + 3)))) break;
  }
  if (all && choice.page === undefined) return found;
  return [
    found[chosen('page', found.length, choice, `it has ${found.length} pictures one after the other`)]!,
  ];
}

/** The picture that the bytes begin with, and where it ends. */
function pictureOf(bytes: Uint8Array, limits: Limits): { readonly decoded: Decoded; readonly end: number } {
  const kind = bytes[1]! - 0x30;
  const bitmap = kind === 1 || kind === 4;
  const numbers: number[] = [];
  let at = 2;
  while (numbers.length < (bitmap ? 2 : 3)) {
    const { value, end } = number(bytes, at);
    numbers.push(value);
    at = end;
  }
  at++;
  const [width, height, maximum = 1] = numbers as [number, number, number?];
  if (maximum < 1 || maximum > 65_535) throw new Error(`it declares the largest value ${maximum}`);
  const channels = kind === 3 || kind === 6 ? 3 : 1;
  const wide = maximum > 255;
  // A plain bitmap needs no space between its digits.
  const most = kind === 4 ? 8 : kind === 5 || kind === 6 || bitmap ? 1 : wide ? 2 : 1;
  const present = Math.max(0, bytes.length - at + 1);
  assertDeclared({ width, height, channels, widthOfValue: wide ? 2 : 1 }, limits, { present, most });
  const count = width * height * channels;
  const data = wide ? new Uint16Array(count) : new Uint8Array(count);
  const wrong = () => new Error(`the file ends before ${count} values`);
  if (kind === 1)
    for (let i = 0; i < count; i++) {
      while (at < bytes.length && bytes[at] !== 0x30 && bytes[at] !== 0x31) {
        if (bytes[at] === 0x23) while (at < bytes.length && bytes[at] !== 0x0a) at++;
        else if (bytes[at]! > 0x20) throw new Error('it is no row of bits');
        else at++;
      }
      if (at >= bytes.length) throw wrong();
      data[i] = bytes[at++]! - 0x30;
    }
  else if (kind <= 3)
    for (let i = 0; i < count; i++) {
      const { value, end } = number(bytes, at);
      data[i] = value;
      if (value > maximum) throw new Error(`it holds ${value}, its largest value is ${maximum}`);
      at = end;
    }
  else if (kind === 4) {
    const rowBytes = Math.ceil(width / 8);
    if (bytes.length - at < rowBytes * height) throw wrong();
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        data[y * width + x] = (bytes[at + y * rowBytes + (x >> 3)]! >> (7 - (x & 7))) & 1;
    at += rowBytes * height;
  } else if (wide) {
    if (bytes.length - at < 2 * count) throw wrong();
    for (let i = 0; i < count; i++) data[i] = (bytes[at + 2 * i]! << 8) | bytes[at + 2 * i + 1]!;
    at += 2 * count;
  } else {
    if (bytes.length - at < count) throw wrong();
    data.set(bytes.subarray(at, at + count));
    at += count;
  }
  if (bitmap) for (let i = 0; i < count; i++) data[i] = 1 - data[i]!;
  const decoded = { raster: { data, height, width, channels }, bits: maximum === 1 ? 1 : wide ? 16 : 8 };
  return { decoded, end: at };
}
