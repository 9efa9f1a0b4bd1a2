import type { Decoded } from '../decoded.js';
import type { Frame } from './frames.js';

interface Screen {
  readonly height: number;
  readonly width: number;
}

/** What is not covered by any frame. */
export const nothing = -1;

/**
 * What is seen when the last of the frames is there: all of them, one over the other (GIF 89a, section 23).
 * @param indicesOf a frame's own pixels.
 * @param meaning what stands for an index of a frame.
 * @returns a value a pixel, `nothing` where no frame covers it.
 */
export function composed(
  frames: readonly Frame[],
  { height, width }: Screen,
  indicesOf: (frame: Frame) => Uint8Array,
  meaning: (index: number, frame: Frame) => number,
): Int32Array {
  const seen = new Int32Array(width * height).fill(nothing);
  for (const [i, frame] of frames.entries()) {
    const before = frame.disposal === 3 ? seen.slice() : undefined;
    const indices = indicesOf(frame);
    const last = i === frames.length - 1;
    for (let y = 0, from = 0; y < frame.height; y++) {
      const row = (frame.top + y) * width + frame.left;
      for (let x = 0; x < frame.width; x++, from++)
        if (indices[from] !== frame.transparent) seen[row + x] = meaning(indices[from]!, frame);
      if (!last && frame.disposal === 2) seen.fill(nothing, row, row + frame.width);
    }
    if (!last && before !== undefined) seen.set(before);
  }
  return seen;
}

const isGray = (colours: Uint8Array) => colours.every((value, i) => value === colours[i - (i % 3)]);

/** The colour of an index as one number. */
export const colourOf = (index: number, { colours }: Frame): number =>
  (colours[3 * index]! << 16) | (colours[3 * index + 1]! << 8) | colours[3 * index + 2]!;

/** Colours of frames that have palettes of their own: gray where all of those are, and alpha where nothing covers a pixel. */
export function colourPicture(
  seen: Int32Array,
  frames: readonly Frame[],
  { height, width }: Screen,
): Decoded {
  const colours = frames.every((frame) => isGray(frame.colours)) ? 1 : 3;
  const alpha = seen.includes(nothing);
  const channels = colours + (alpha ? 1 : 0);
  const data = new Uint8Array(seen.length * channels);
  for (let i = 0; i < seen.length; i++) {
    const colour = seen[i]!;
    if (colour === nothing) continue;
    const at = i * channels;
    for (let c = 0; c < colours; c++) data[at + c] = (colour >> (16 - 8 * c)) & 255;
    if (alpha) data[at + colours] = 255;
  }
  return { raster: { data, height, width, channels }, bits: 8, alpha };
}
