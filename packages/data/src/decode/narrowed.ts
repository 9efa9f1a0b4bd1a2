import type { RasterData } from '@segscape/core';

/** Eight at a time: most of the work of reading plain integers is to look at them. */
function anyNegative(values: Int32Array): boolean {
  let bits = 0;
  let i = 0;
  for (const end = values.length - 7; i < end; i += 8) {
    bits |= values[i]! | values[i + 1]! | values[i + 2]! | values[i + 3]!;
    bits |= values[i + 4]! | values[i + 5]! | values[i + 6]! | values[i + 7]!;
  }
  for (; i < values.length; i++) bits |= values[i]!;
  return bits < 0;
}

/** Integers of 32 and 64 bits as an Int32Array where they fit, and otherwise as they are. */
export function narrowed<T extends RasterData>(
  data: T | Uint32Array | Float64Array,
): {
  data: T | Int32Array;
  wide?: Float64Array;
} {
  if (!(data instanceof Uint32Array || data instanceof Float64Array)) return { data };
  if (data instanceof Uint32Array) {
    const signed = new Int32Array(data.buffer, data.byteOffset, data.length);
    if (!anyNegative(signed)) return { data: signed };
    return { data: new Int32Array(0), wide: new Float64Array(data) };
  }
  let [low, high] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value > high) high = value;
    else if (value < low) low = value;
  }
  if (high <= 0x7fff_ffff && low >= -0x8000_0000) return { data: new Int32Array(data) };
  return { data: new Int32Array(0), wide: new Float64Array(data) };
}
