import type { RasterData } from '@segscape/core';

/** Integers of 32 and 64 bits as an Int32Array where they fit, and otherwise as they are. */
export function narrowed<T extends RasterData>(
  data: T | Uint32Array | Float64Array,
): {
  data: T | Int32Array;
  wide?: Float64Array;
} {
  if (!(data instanceof Uint32Array || data instanceof Float64Array)) return { data };
  if (data instanceof Uint32Array) {
    let bits = 0;
    for (let i = 0; i < data.length; i++) bits |= data[i]!;
    if (bits >= 0) return { data: new Int32Array(data.buffer, data.byteOffset, data.length) };
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
