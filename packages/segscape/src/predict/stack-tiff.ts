import type { Raster } from '@segscape/core';

const ascii = 2;
const short = 3;
const long = 4;
const rational = 5;

type Entry = readonly [tag: number, type: number, value: number];

/** What ImageJ writes of a stack, so that its slices are slices and their distances known. */
function description({ depth, spacing }: Raster): Uint8Array | undefined {
  if (depth === undefined) return undefined;
  const [z] = spacing ?? [];
  const lines = [
    'ImageJ=1.53t',
    `images=${depth}`,
    `slices=${depth}`,
    ...(z === undefined ? [] : [`spacing=${z}`, 'unit=micron']),
  ];
  return new TextEncoder().encode(`${lines.join('\n')}\n\0`);
}

/**
 * Whole numbers as an uncompressed TIFF, a page for each slice of a volume, as Fiji, napari and QuPath read them.
 * @param raster one channel, from 0 to what the bits hold.
 * @param bits of a sample.
 */
export function encodeTiff(raster: Raster, bits: 8 | 16): Uint8Array {
  const { data, depth = 1, height, width, spacing } = raster;
  const text = description(raster);
  const pageBytes = (height * width * bits) / 8;
  const [y, x] = spacing?.slice(-2) ?? [];
  const scaled = text !== undefined && x !== undefined && y !== undefined;
  const count = 9 + (text ? 1 : 0) + (scaled ? 2 : 0);
  const directory = 2 + 12 * count + 4;
  const begin = 8;
  const textAt = begin + depth * directory;
  const ratiosAt = textAt + (text ? text.length + (text.length % 2) : 0);
  const samples = ratiosAt + (scaled ? 16 : 0);
  const bytes = new Uint8Array(samples + depth * pageBytes);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49]); // little-endian
  view.setUint16(2, 42, true);
  view.setUint32(4, begin, true);
  for (let page = 0; page < depth; page++) {
    const entries: Entry[] = [
      [256, long, width],
      [257, long, height],
      [258, short, bits], // bits a sample
      [259, short, 1], // not compressed
      [262, short, 1], // black is zero
      ...(text ? [[270, ascii, textAt] as const] : []),
      [273, long, samples + page * pageBytes],
      [277, short, 1], // samples a pixel
      [278, long, height], // rows of the strip
      [279, long, pageBytes],
      ...(scaled
        ? ([
            [282, rational, ratiosAt],
            [283, rational, ratiosAt + 8],
          ] as const)
        : []),
    ];
    const at = begin + page * directory;
    view.setUint16(at, entries.length, true);
    for (const [n, [tag, type, value]] of entries.entries()) {
      const entry = at + 2 + 12 * n;
      view.setUint16(entry, tag, true);
      view.setUint16(entry + 2, type, true);
      view.setUint32(entry + 4, type === ascii ? text!.length : 1, true);
      view.setUint32(entry + 8, value, true);
    }
    view.setUint32(at + 2 + 12 * entries.length, page + 1 < depth ? at + directory : 0, true);
  }
  if (text) bytes.set(text, textAt);
  // Pixels for each µm, in millionths.
  if (scaled)
    for (const [i, size] of [x, y].entries()) {
      view.setUint32(ratiosAt + 8 * i, Math.round(1e6 / size), true);
      view.setUint32(ratiosAt + 8 * i + 4, 1_000_000, true);
    }
  if (bits === 8) for (let i = 0; i < data.length; i++) bytes[samples + i] = data[i]!;
  else for (let i = 0; i < data.length; i++) view.setUint16(samples + 2 * i, data[i]!, true);
  return bytes;
}
