import { type Raster, SegscapeError } from '@segscape/core';
import { assertGrayOrColour, assertSameSize } from './mask-form.js';
import { shownKey } from './mask-table.js';

/** A mask file of an image as read: stored values, and the class it is for when there is one file a class. */
export interface MaskPart {
  readonly name: string;
  readonly raster: Raster;
  /** Index of the class. */
  readonly label?: number;
}

/** What a pixel of a mask file holds: of grays the value, of colours one number for each. */
function keyAt({ data, channels }: Raster, pixel: number): number {
  if (channels === 1) return data[pixel]!;
  const most = data instanceof Uint8Array ? 2 ** 8 : 2 ** 16;
  return (data[pixel * 3]! * most + data[pixel * 3 + 1]!) * most + data[pixel * 3 + 2]!;
}

/** The largest channel of a pixel, which a threshold goes by. */
const brightest = ({ data, channels }: Raster, pixel: number): number =>
  channels === 1 ? data[pixel]! : Math.max(data[pixel * 3]!, data[pixel * 3 + 1]!, data[pixel * 3 + 2]!);

/**
 * Tells which pixels a file marks: those above a threshold; without one those that are not 0, in a file that has but one
 * value beside 0. Compression scatters small values around every edge, and they would all be marked.
 */
function marks(where: string, { name, raster }: MaskPart, threshold: number | undefined) {
  if (threshold !== undefined) return (pixel: number) => brightest(raster, pixel) > threshold;
  const pixels = raster.data.length / raster.channels;
  let only = 0;
  for (let i = 0; i < pixels; i++) {
    const key = keyAt(raster, i);
    if (key === 0 || key === only) continue;
    if (only !== 0)
      throw new SegscapeError(
        'MASK_VALUE_UNKNOWN',
        `${where}: mask '${name}' holds ${shown(raster, only)} and ${shown(raster, key)} beside 0, and a file that is joined with others marks one thing. ` +
          'Give maskThreshold: 127 for lossy masks (JPEG), or maskThreshold: 0 where all that is not 0 is meant.',
        { details: { name, value: key } },
      );
    only = key;
  }
  return (pixel: number) => keyAt(raster, pixel) !== 0;
}

const shown = ({ channels, data }: Raster, key: number) =>
  shownKey(key, channels === 3 && data instanceof Uint8Array);

/**
 * Several mask files of one image as one. Files of objects (all that fit a pattern with `*`): what a file marks becomes the
 * object's id, 1, 2, …; a later object covers an earlier one. Files of classes: their class's index, later classes over
 * earlier ones; what no file marks is 0.
 * @param threshold what is above it is marked. Default: what is not 0, in files of one other value.
 * @throws {SegscapeError} `MASK_SIZE_MISMATCH`; `UNSUPPORTED_FORMAT` for a file that is neither gray nor RGB;
 * `MASK_VALUE_UNKNOWN` for one of several values, where there is no threshold.
 */
export function joinedMasks(where: string, parts: readonly MaskPart[], threshold?: number): Raster {
  const [first] = parts as [MaskPart, ...MaskPart[]];
  const { data: _, ...form } = first.raster;
  const out = new Int32Array(first.raster.data.length / first.raster.channels);
  const inOrder = [...parts].sort((a, b) => (a.label ?? 0) - (b.label ?? 0));
  for (const [index, part] of inOrder.entries()) {
    const { name, raster, label = index + 1 } = part;
    assertSameSize(where, first.raster, first.name, raster, name);
    assertGrayOrColour(where, raster, name);
    const isMarked = marks(where, part, threshold);
    for (let i = 0; i < out.length; i++) if (isMarked(i)) out[i] = label;
  }
  return { ...form, data: out, channels: 1 };
}
