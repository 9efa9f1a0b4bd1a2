import { type Raster, SegscapeError } from '@segscape/core';

const short = 3;
const long = 4;

/**
 * Object numbers as an uncompressed TIFF of 16 bits, which Fiji, napari, Cellpose and QuPath read as a label image.
 * @param labels int32, one channel, from 0 to 65,535.
 * @throws {SegscapeError} `BAD_OPTION` for more objects than 16 bits can number.
 */
export function encodeLabels({ data, height, width }: Raster): Uint8Array {
  let most = 0;
  for (const label of data) if (label > most) most = label;
  if (most > 0xffff)
    throw new SegscapeError(
      'BAD_OPTION',
      `predict: an image has ${most} objects; a label image of 16 bits can number 65535. Leave out the small ones with --remove-small.`,
      { details: { objects: most } },
    );
  const entries: readonly (readonly [tag: number, type: number, value: number])[] = [
    [256, long, width],
    [257, long, height],
    [258, short, 16], // bits a sample
    [259, short, 1], // not compressed
    [262, short, 1], // black is zero
    [273, long, 0], // where the strip begins, set below
    [277, short, 1], // samples a pixel
    [278, long, height], // rows of the strip
    [279, long, 2 * data.length], // bytes of the strip
  ];
  const directory = 8;
  const begin = directory + 2 + 12 * entries.length + 4;
  const bytes = new Uint8Array(begin + 2 * data.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49]); // little-endian
  view.setUint16(2, 42, true);
  view.setUint32(4, directory, true);
  view.setUint16(directory, entries.length, true);
  entries.forEach(([tag, type, value], n) => {
    const at = directory + 2 + 12 * n;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, 1, true);
    view.setUint32(at + 8, tag === 273 ? begin : value, true);
  });
  for (let i = 0; i < data.length; i++) view.setUint16(begin + 2 * i, data[i]!, true);
  return bytes;
}
