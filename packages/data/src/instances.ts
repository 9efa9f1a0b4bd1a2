import { type Raster, SegscapeError } from '@segscape/core';

/**
 * What the ids of a label image (0 is background) become. `'instances'`: for two classes background and foreground; for
 * three background, inside and boundary. `'boundaries'`: for two classes the rest and the boundary.
 */
export type InstanceLabels = 'instances' | 'boundaries';

/**
 * Marks the pixels of objects that touch another id, background too, by a side: the boundary lies inside its object,
 * one pixel wide on each side of two that touch. The border of the image is none.
 * @returns 0 background, 1 inside, 2 boundary; volumes over all three axes.
 */
export function insideAndBoundary({ data, height, width, depth = 1 }: Raster): Uint8Array {
  const out = new Uint8Array(data.length);
  const plane = height * width;
  for (let z = 0, at = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++, at++) {
        const id = data[at]!;
        if (id === 0) continue;
        const edge =
          (x > 0 && data[at - 1] !== id) ||
          (x + 1 < width && data[at + 1] !== id) ||
          (y > 0 && data[at - width] !== id) ||
          (y + 1 < height && data[at + width] !== id) ||
          (z > 0 && data[at - plane] !== id) ||
          (z + 1 < depth && data[at + plane] !== id);
        out[at] = edge ? 2 : 1;
      }
  return out;
}

/** Beyond every gray value: what tells colours from grays. */
const coloured = 2 ** 24;

/**
 * Ids of the objects of a label image: its values, or where it is a picture of objects in colours, the colours.
 *
 * @param keys one number a pixel, void where `ignored` says so.
 * @throws {SegscapeError} `MASK_VALUE_UNKNOWN` for a value that is no id: a fraction, NaN, or less than 0.
 */
export function objectIds(
  where: string,
  name: string,
  { data, channels }: Raster,
  keys: ArrayLike<number>,
  ignored: (key: number) => boolean,
): Int32Array {
  const ids = new Int32Array(keys.length);
  // Colours of more than 8 bits a channel would not fit an id; their largest channel stands for them.
  const colours = channels === 3 && data instanceof Uint8Array;
  for (let i = 0; i < ids.length; i++) {
    const key = keys[i]!;
    if (ignored(key)) continue;
    if (!(Number.isInteger(key) && key >= 0 && key <= 0x7fff_ffff))
      throw new SegscapeError(
        'MASK_VALUE_UNKNOWN',
        `${where}: mask '${name}' has the value ${key}, which is no id of an object. Number objects from 1 on, 0 for ` +
          'the background, and name void values in ignoreValues.',
        { details: { name, value: key } },
      );
    ids[i] = key;
    if (!colours) continue;
    const [r, g, b] = [data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!];
    // Two colours may have one largest channel.
    if (r !== g || g !== b) ids[i] = coloured | (r << 16) | (g << 8) | b;
  }
  return ids;
}
