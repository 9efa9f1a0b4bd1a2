import type { RasterData } from '@segscape/core';

/** An array of the same kind as `like`. */
export function blank(like: RasterData, length: number): RasterData {
  const Kind = like.constructor as new (length: number) => RasterData;
  return new Kind(length);
}

const ranges: ReadonlyMap<unknown, readonly [number, number]> = new Map<unknown, readonly [number, number]>([
  [Uint8Array, [0, 255]],
  [Int16Array, [-32_768, 32_767]],
  [Uint16Array, [0, 65_535]],
  [Int32Array, [-2_147_483_648, 2_147_483_647]],
]);

/** Writes a number into an array: into integers rounded, halves away from zero, and clamped. */
export function storing(out: RasterData): (at: number, value: number) => void {
  const range = ranges.get(out.constructor);
  if (range === undefined)
    return (at, value) => {
      out[at] = value;
    };
  const [low, high] = range;
  return (at, value) => {
    const rounded = value < 0 ? Math.ceil(value - 0.5) : Math.floor(value + 0.5);
    out[at] = Math.min(high, Math.max(low, rounded));
  };
}

/** What a value becomes in such an array. */
export function stored(like: RasterData, value: number): number {
  const one = blank(like, 1);
  storing(one)(0, value);
  return one[0]!;
}
