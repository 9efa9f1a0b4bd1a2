import type { Raster } from '@segscape/core';
import { phantomDataset } from '@segscape/data';
import type { PixelType } from '../pixel-types.js';

/** Smallest side that a phantom is drawn in, pixels. */
const smallest = 16;

/**
 * A drawn image of 8 bits, for the tests of an exported model: nobody's data leave with it.
 * @param channels 3 give a coloured fundus; others its brightness, once for each.
 * @returns `[height, width, channels]`, uint8.
 */
export async function testImage(height: number, width: number, channels: number): Promise<Raster> {
  const [rows, columns] = [Math.max(smallest, height), Math.max(smallest, width)];
  const drawn = phantomDataset({ kind: 'fundus', count: 1, height: rows, width: columns, seed: 1 });
  const { image } = await drawn.get(0);
  const at = (y: number, x: number, channel: number) =>
    image.data[(y * columns + x) * image.channels + channel]!;
  const data = new Uint8Array(height * width * channels);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < channels; channel++)
        data[(y * width + x) * channels + channel] = at(y, x, channels === 3 ? channel : 1);
  return { data, height, width, channels };
}

/**
 * An image of 8 bits as one of another type: over the whole range of 16 bits without a sign, from 0 to 1 in floats; with a sign
 * the same numbers, since no range is that of all such images.
 */
export function storedAs({ data, ...form }: Raster, type: PixelType): Raster {
  switch (type) {
    case 'uint8':
      return { ...form, data };
    case 'uint16':
      return { ...form, data: Uint16Array.from(data, (value) => value * 257) };
    case 'int16':
      return { ...form, data: Int16Array.from(data) };
    case 'int32':
      return { ...form, data: Int32Array.from(data) };
    case 'float32':
      return { ...form, data: Float32Array.from(data, (value) => value / 255) };
  }
}
