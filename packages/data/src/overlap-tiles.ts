import { assertOption } from '@segscape/core';
import { assertOptions, options as optionsOf } from '@segscape/core/schema';
import { unchecked } from './option-lines.js';

/** One tile: where its input begins in the image (negative: beyond the border), and where its output belongs. */
export interface Tile {
  readonly input: readonly [number, number];
  readonly output: readonly [number, number];
}

export interface TileOptions {
  /** `[height, width]` that the network takes. */
  readonly inputSize: readonly [number, number];
  /** `[height, width]` that it gives; smaller than the input for unpadded convolutions. Default the input's. */
  readonly outputSize?: readonly [number, number];
  /** Least overlap of neighbouring outputs, pixels; they are averaged. Default 0. */
  readonly overlap?: number;
}

export const tileLines = { inputSize: unchecked, outputSize: unchecked, overlap: unchecked };

const tileSchema = optionsOf<TileOptions>(tileLines, ['inputSize']);

/** A tile over any number of axes. */
export interface Laid {
  readonly input: readonly number[];
  readonly output: readonly number[];
}

/** Starts of `size` long pieces that cover `length`, evenly spread, the last flush with the end. */
function starts(length: number, size: number, overlap: number): number[] {
  if (length <= size) return [0];
  const pieces = Math.ceil((length - overlap) / (size - overlap));
  return Array.from({ length: pieces }, (_, i) => Math.round((i * (length - size)) / (pieces - 1)));
}

/** Tiles over a space of any number of axes, the last running fastest. */
export function laidOver(
  where: string,
  space: Readonly<Record<string, number>>,
  inputSize: readonly number[],
  outputSize: readonly number[],
  overlap: number,
): Laid[] {
  const extents = Object.fromEntries(Object.entries(space).map(([name, size]) => [name, [size]]));
  for (const [name, sizes] of Object.entries({ ...extents, inputSize, outputSize }))
    assertOption(
      sizes.every((size) => Number.isInteger(size) && size >= 1),
      where,
      name,
      sizes.length === 1 ? sizes[0] : sizes,
      'be of positive integers, in pixels',
    );
  assertOption(Number.isInteger(overlap), where, 'overlap', overlap, 'be an integer, in pixels');
  for (const [axis, inside] of outputSize.entries()) {
    assertOption(
      inside >= 1 && inside <= inputSize[axis]!,
      where,
      'outputSize',
      outputSize,
      `fit into inputSize (=[${inputSize}])`,
    );
    assertOption(overlap >= 0 && overlap < inside, where, 'overlap', overlap, `be in [0, ${inside})`);
  }
  const margins = inputSize.map((size, axis) => Math.floor((size - outputSize[axis]!) / 2));
  const outputs = Object.values(space).reduce<number[][]>(
    (before, length, axis) =>
      before.flatMap((begun) => starts(length, outputSize[axis]!, overlap).map((start) => [...begun, start])),
    [[]],
  );
  return outputs.map((output) => ({ input: output.map((at, axis) => at - margins[axis]!), output }));
}

/**
 * The overlap-tile strategy of U-Net (Ronneberger et al., 2015): places tiles so that their outputs cover an image of
 * any size; each input reaches beyond its output by half the difference, over the border too.
 *
 * @param height of the image, in pixels.
 * @param width of the image, in pixels.
 * @param options `inputSize` and `outputSize` of the network, `[height, width]` in pixels, and `overlap` of outputs.
 * @returns the tiles, row by row: where their inputs and outputs begin, in pixels; below 0 beyond the border.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function overlapTiles(height: number, width: number, options: TileOptions): Tile[] {
  assertOptions('overlapTiles', options, tileSchema);
  const { inputSize, outputSize = inputSize, overlap = 0 } = options;
  return laidOver(
    'overlapTiles',
    { height, width },
    inputSize,
    outputSize,
    overlap,
  ) as readonly Laid[] as Tile[];
}
