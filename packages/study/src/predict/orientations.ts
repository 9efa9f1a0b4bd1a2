import type { Raster } from '@segscape/core';

/** One of the eight ways to lay an image down: rows and columns exchanged, then either turned round. */
export interface Orientation {
  readonly transpose: boolean;
  readonly upsideDown: boolean;
  readonly mirrored: boolean;
}

const both = [false, true] as const;

/** All flips and quarter turns of an image, as it is first: the dihedral group of the square. */
export const orientations: readonly Orientation[] = both.flatMap((transpose) =>
  both.flatMap((upsideDown) => both.map((mirrored) => ({ transpose, upsideDown, mirrored }))),
);

/** Copies pixels to where the orientation lays them, or from there back to where they were; of a volume every slice alike. */
function laid(image: Raster, { transpose, upsideDown, mirrored }: Orientation, back: boolean): Raster {
  const { depth, channels, data } = image;
  const slice = image.height * image.width;
  const [height, width] = transpose ? [image.width, image.height] : [image.height, image.width];
  // Of the image that lies as the orientation says.
  const [rows, columns] = back ? [image.height, image.width] : [height, width];
  const out = data.slice();
  for (let z = 0; z < (depth ?? 1); z++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++) {
        const [i, j] = [upsideDown ? rows - 1 - y : y, mirrored ? columns - 1 - x : x];
        const upright = (z * slice + (transpose ? j * rows + i : i * columns + j)) * channels;
        const turned = (z * slice + y * columns + x) * channels;
        const [to, from] = back ? [upright, turned] : [turned, upright];
        for (let c = 0; c < channels; c++) out[to + c] = data[from + c]!;
      }
  return { data: out, ...(depth !== undefined && { depth }), height, width, channels };
}

/**
 * The image as an orientation lays it down; its spacing is left out.
 * @param image `[[depth,] height, width, channels]`.
 * @returns a new raster of the same kind, `[[depth,] width, height, channels]` where rows and columns are exchanged.
 */
export const oriented = (image: Raster, orientation: Orientation): Raster => laid(image, orientation, false);

/** The image as it was before `oriented`. */
export const upright = (image: Raster, orientation: Orientation): Raster => laid(image, orientation, true);
