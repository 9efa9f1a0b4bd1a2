import type { Raster } from '@segscape/core';

/** What a decoder found, before it is known whether it is a picture or a label map. */
export interface Decoded {
  /** Raw stored values: palette indices where there is a palette, 0–1 for one bit. */
  readonly raster: Raster;
  /** Bits of a stored value. */
  readonly bits: number;
  /** Colours of the indices, three bytes each. */
  readonly palette?: Uint8Array;
}

/** Spreads packed 1-, 2- or 4-bit values, rows padded to whole bytes, high bits first, to one byte each. */
export function unpacked(packed: Uint8Array, height: number, width: number, bits: number): Uint8Array {
  const data = new Uint8Array(height * width);
  const rowBytes = Math.ceil((width * bits) / 8);
  const mask = (1 << bits) - 1;
  for (let y = 0, at = 0; y < height; y++) {
    const row = y * rowBytes;
    for (let x = 0; x < width; x++, at++) {
      const bit = x * bits;
      data[at] = (packed[row + (bit >> 3)]! >> (8 - bits - (bit & 7))) & mask;
    }
  }
  return data;
}

/**
 * As a picture: palette colours looked up (one channel when all are gray), few-bit values stretched to 0–255.
 * As labels: indices and few-bit values as they are stored, except that a palette of grays alone is looked up,
 * since tools write gray masks that way.
 */
export function finished({ raster, bits, palette }: Decoded, as: 'image' | 'labels'): Raster {
  const { data, height, width, channels } = raster;
  if (palette === undefined) {
    if (bits >= 8 || as === 'labels') return raster;
    const factor = 255 / ((1 << bits) - 1);
    return { data: Uint8Array.from(data, (value) => value * factor), height, width, channels };
  }
  let gray = true;
  for (let i = 0; i < palette.length; i += 3)
    gray &&= palette[i] === palette[i + 1] && palette[i] === palette[i + 2];
  if (!gray && as === 'labels') return raster;
  const step = gray ? 1 : 3;
  const colours = new Uint8Array(data.length * step);
  for (let i = 0; i < data.length; i++)
    for (let c = 0; c < step; c++) colours[i * step + c] = palette[3 * data[i]! + c]!;
  return { data: colours, height, width, channels: step };
}
