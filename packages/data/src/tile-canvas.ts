/** Depth, height and width, or a place in them; of an image the depth is 1. */
export type Space = readonly [number, number, number];

/** Which tiles count how much where they overlap: all alike, or the more the nearer a pixel lies to a tile's middle. */
export type TileWeights = 'uniform' | 'gaussian';

/** Standard deviation of the Gaussian in sides of a tile. */
const spread = 1 / 8;

function weightsAlong(length: number, weights: TileWeights): Float32Array {
  if (weights === 'uniform') return new Float32Array(length).fill(1);
  const sigma = length * spread;
  return Float32Array.from({ length }, (_, i) => Math.exp(-(((i - (length - 1) / 2) / sigma) ** 2) / 2));
}

/**
 * Weighted mean of overlapping tiles over an image or volume. The Gaussian is nnU-Net's: `exp(−d² / 2σ²)` along each axis, d from
 * the tile's middle, σ an eighth of its side, since a network knows least at the edge of what it sees.
 * @see Isensee et al., nnU-Net, 2021. https://doi.org/10.1038/s41592-020-01008-z
 */
export class TileCanvas {
  private readonly sum: Float32Array;
  private readonly weight: Float32Array;
  private readonly along: readonly Float32Array[];

  constructor(
    private readonly space: Space,
    private readonly classes: number,
    private readonly size: Space,
    weights: TileWeights,
  ) {
    const pixels = space[0] * space[1] * space[2];
    this.sum = new Float32Array(pixels * classes);
    this.weight = new Float32Array(pixels);
    this.along = size.map((length) => weightsAlong(length, weights));
  }

  /** Adds the tile whose values begin at `from` of `data`; what reaches beyond the image is left out. */
  paste(data: Float32Array, from: number, [front, top, left]: Space): void {
    const { sum, weight, classes, along } = this;
    const [depth, height, width] = this.space;
    const [slices, rows, columns] = this.size;
    for (let z = 0; z < Math.min(slices, depth - front); z++)
      for (let y = 0; y < Math.min(rows, height - top); y++)
        for (let x = 0; x < Math.min(columns, width - left); x++) {
          const at = ((front + z) * height + top + y) * width + left + x;
          const w = along[0]![z]! * along[1]![y]! * along[2]![x]!;
          weight[at]! += w;
          for (let c = 0; c < classes; c++)
            sum[at * classes + c]! += w * data[from + ((z * rows + y) * columns + x) * classes + c]!;
        }
  }

  /** The means; the canvas is used up. */
  finish(): Float32Array {
    const { sum, weight, classes } = this;
    for (let i = 0; i < weight.length; i++)
      for (let c = 0; c < classes; c++) sum[i * classes + c]! /= weight[i]!;
    return sum;
  }
}
