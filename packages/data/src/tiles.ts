import { assertOneOf, assertOption, assertRaster, type Raster, SegscapeError } from '@segscape/core';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { assertNormalize, type Normalize, toFloats } from './intensities.js';
import { TileCanvas, type TileWeights } from './tile-canvas.js';

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

/** Starts of `size` long pieces that cover `length`, evenly spread, the last flush with the end. */
function starts(length: number, size: number, overlap: number): number[] {
  if (length <= size) return [0];
  const pieces = Math.ceil((length - overlap) / (size - overlap));
  return Array.from({ length: pieces }, (_, i) => Math.round((i * (length - size)) / (pieces - 1)));
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
  const { inputSize, outputSize = inputSize, overlap = 0 } = options;
  const where = 'overlapTiles';
  for (const [name, sizes] of Object.entries({ height: [height], width: [width], inputSize, outputSize }))
    assertOption(
      sizes.every((size) => Number.isInteger(size) && size >= 1),
      where,
      name,
      sizes.length === 1 ? sizes[0] : sizes,
      'be of positive integers, in pixels',
    );
  assertOption(Number.isInteger(overlap), where, 'overlap', overlap, 'be an integer, in pixels');
  for (const axis of [0, 1] as const) {
    const [inside, outside] = [outputSize[axis], inputSize[axis]];
    assertOption(
      inside >= 1 && inside <= outside,
      where,
      'outputSize',
      outputSize,
      `fit into inputSize (=[${inputSize}])`,
    );
    assertOption(overlap >= 0 && overlap < inside, where, 'overlap', overlap, `be in [0, ${inside})`);
  }
  const margin = [0, 1].map((axis) => Math.floor((inputSize[axis]! - outputSize[axis]!) / 2));
  return starts(height, outputSize[0], overlap).flatMap((y) =>
    starts(width, outputSize[1], overlap).map((x) => ({
      input: [y - margin[0]!, x - margin[1]!] as const,
      output: [y, x] as const,
    })),
  );
}

/** Mirrors any coordinate into [0, n) about the centres of the edge pixels, as often as needed. */
function mirrored(at: number, n: number): number {
  if (n === 1) return 0;
  const period = 2 * (n - 1);
  const i = ((at % period) + period) % period;
  return i < n ? i : period - i;
}

/** Cuts a tile out of a row-major `[height, width, channels]` image; beyond the border the image is mirrored. */
function cut(
  values: Float32Array,
  { height, width, channels }: Raster,
  [top, left]: readonly [number, number],
  [rows, columns]: readonly [number, number],
  out: Float32Array,
  at: number,
): void {
  for (let y = 0; y < rows; y++) {
    const row = mirrored(top + y, height) * width;
    for (let x = 0; x < columns; x++) {
      const from = (row + mirrored(left + x, width)) * channels;
      for (let c = 0; c < channels; c++) out[at++] = values[from + c]!;
    }
  }
}

export interface PredictTiledOptions extends TileOptions {
  /** Tiles given to the network at once. Default 1. */
  readonly batchSize?: number;
  /**
   * How much a tile counts where several overlap: `'uniform'`, all alike, or `'gaussian'`, the less the farther from its
   * middle (nnU-Net), which leaves no seams. A single tile is taken as it is. Default `'uniform'`.
   */
  readonly weights?: TileWeights;
  /** As in `batches`; use what the network was trained with. Default `'scale'`. */
  readonly normalize?: Normalize;
  readonly signal?: AbortSignal;
  /** Called after each batch of tiles. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Runs a network over an image of any size, tile by tile, mirrored at the borders; where outputs overlap they are
 * averaged, so let `predict` give probabilities rather than logits.
 *
 *     const probabilities = (x: Tensor) => tidy(() => softmax(model.apply(params, x)));
 *     await predictTiled(image, probabilities, { inputSize: [572, 572], outputSize: [388, 388] });
 *
 * @param image `[height, width, channels]`, raw intensities; it is not written to.
 * @param predict from float32 `[batch, h, w, channels]` to `[batch, h', w', classes]`; its input is disposed for it.
 * @returns float32 raster of the image's height and width, one channel a class.
 * @throws {SegscapeError} `BAD_OPTION`, `ABORTED`, and `SHAPE_MISMATCH` when the result is not of `outputSize`, or for
 * a volume.
 */
export async function predictTiled(
  image: Raster,
  predict: (images: Tensor) => Tensor | Promise<Tensor>,
  options: PredictTiledOptions,
): Promise<Raster> {
  const {
    inputSize,
    outputSize = inputSize,
    batchSize = 1,
    weights = 'uniform',
    normalize = 'scale',
    signal,
    onProgress,
  } = options;
  const where = 'predictTiled';
  assertRaster(where, image);
  if (image.depth !== undefined)
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `${where}: expected an image, got a volume of ${image.depth} slices. Predict its slices one by one.`,
      { details: { depth: image.depth } },
    );
  assertNormalize(where, normalize);
  assertOption(
    Number.isInteger(batchSize) && batchSize >= 1,
    where,
    'batchSize',
    batchSize,
    'be a positive integer',
  );
  assertOneOf(where, 'weights', weights, ['uniform', 'gaussian']);
  const tiles = overlapTiles(image.height, image.width, options);
  const values = toFloats(image, normalize);
  const { height, width, channels } = image;
  let canvas: TileCanvas | undefined;
  let classes = 0;
  const size = inputSize[0] * inputSize[1] * channels;
  for (let start = 0; start < tiles.length; start += batchSize) {
    if (signal?.aborted)
      throw new SegscapeError('ABORTED', `${where}: stopped by the caller.`, { cause: signal.reason });
    const group = tiles.slice(start, start + batchSize);
    const packed = new Float32Array(group.length * size);
    for (const [i, tile] of group.entries()) cut(values, image, tile.input, inputSize, packed, i * size);
    const input = tensor(packed, [group.length, ...inputSize, channels], 'float32');
    let result: Tensor;
    try {
      result = await predict(input);
    } finally {
      input.dispose();
    }
    const shape = result.shape;
    const data = (await result.data()) as Float32Array;
    result.dispose();
    if (
      shape.length !== 4 ||
      shape[0] !== group.length ||
      shape[1] !== outputSize[0] ||
      shape[2] !== outputSize[1]
    )
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `${where}: expected predictions [${group.length}, ${outputSize.join(', ')}, classes], got [${shape.join(', ')}]. Set outputSize.`,
      );
    if (classes === 0) {
      classes = shape[3]!;
      canvas = new TileCanvas(
        height,
        width,
        classes,
        outputSize,
        // The mean of one is itself, to the bit.
        tiles.length === 1 ? 'uniform' : weights,
      );
    }
    for (const [i, tile] of group.entries())
      canvas?.paste(data, i * outputSize[0] * outputSize[1] * classes, tile.output);
    onProgress?.(Math.min(tiles.length, start + batchSize), tiles.length);
  }
  const data = canvas?.finish() ?? new Float32Array(0);
  return { data, height, width, channels: classes, ...(image.spacing && { spacing: image.spacing }) };
}
