import { type Raster, SegscapeError } from '@segscape/core';

/** The ends that packed values are kept between. */
export interface PackedRange {
  /** Value of the first step, positive; what is lower is kept as 0. */
  readonly low: number;
  /** Value of the last step. */
  readonly high: number;
}

const steps = 65_534;
/** How far below the largest value differences are kept. */
const decades = 1e9;

/** What is smaller counts as 0: nine decades below it single precision has no numbers of full length. */
const smallest = 1e-28;

/**
 * Ends for several maps together: the largest finite value, and nine decades below it.
 * @param maps values, none of them negative.
 * @returns `low` and `high`; 1e-9 to 1 where no value is positive.
 */
export function packedRange(maps: readonly ArrayLike<number>[]): PackedRange {
  let high = 0;
  for (const map of maps)
    for (let i = 0; i < map.length; i++) if (Number.isFinite(map[i]) && map[i]! > high) high = map[i]!;
  return high > smallest ? { low: high / decades, high } : { low: 1 / decades, high: 1 };
}

/**
 * Numbers per pixel as an RGB picture that keeps them, so that a page can colour them on any scale: 65,534 steps of the
 * logarithm in red and green (a step is 0.03 % of a value), 0 for 0, and blue for what is not a number.
 *
 * @param values `[height, width]`, not negative.
 * @param shape height and width in pixels, and the ends from `packedRange`.
 * @returns uint8, three channels; write it with `encodePng`.
 * @throws {SegscapeError} `BAD_OPTION` unless 0 < low < high.
 */
export function packValues(
  values: ArrayLike<number>,
  { height, width, low, high }: { readonly height: number; readonly width: number } & PackedRange,
): Raster {
  if (!(low > 0 && low < high))
    throw new SegscapeError(
      'BAD_OPTION',
      `packValues: low (=${low}) and high (=${high}) must be 0 < low < high. Take them from packedRange.`,
    );
  const data = new Uint8Array(height * width * 3);
  const scale = (steps - 1) / Math.log(high / low);
  for (let i = 0; i < height * width; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) {
      data[i * 3 + 2] = 255;
      continue;
    }
    const step = value < low ? 0 : 1 + Math.round(Math.log(Math.min(value, high) / low) * scale);
    data[i * 3] = step >> 8;
    data[i * 3 + 1] = step & 255;
  }
  return { data, height, width, channels: 3 };
}

/**
 * What `packValues` kept.
 * @param pixels of the picture, one after the other.
 * @param range its ends, and how many channels the pixels have: 3, or 4 from a canvas.
 * @returns `[height, width]`, NaN where there was no number.
 */
export function unpackValues(
  pixels: ArrayLike<number>,
  { low, high, channels }: PackedRange & { readonly channels: 3 | 4 },
): Float32Array {
  const scale = Math.log(high / low) / (steps - 1);
  return Float32Array.from({ length: pixels.length / channels }, (_, i) => {
    const at = i * channels;
    if (pixels[at + 2] === 255) return Number.NaN;
    const step = pixels[at]! * 256 + pixels[at + 1]!;
    return step === 0 ? 0 : low * Math.exp((step - 1) * scale);
  });
}
