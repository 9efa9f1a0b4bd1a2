import type { Raster } from '@segscape/core';

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
