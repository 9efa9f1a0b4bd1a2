import { assertOneOf, assertOption, assertRaster, type Raster, SegscapeError } from '@segscape/core';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { assertNormalize, type Normalize, toFloats } from './intensities.js';
import { type Space, TileCanvas, type TileWeights } from './tile-canvas.js';

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

/** As many axes as the image has. */
type Sizes = readonly [number, number] | Space;

interface Laid {
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
function laidOver(
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
  const { inputSize, outputSize = inputSize, overlap = 0 } = options;
  return laidOver(
    'overlapTiles',
    { height, width },
    inputSize,
    outputSize,
    overlap,
  ) as readonly Laid[] as Tile[];
}

/** Mirrors any coordinate into [0, n) about the centres of the edge pixels, as often as needed. */
function mirrored(at: number, n: number): number {
  if (n === 1) return 0;
  const period = 2 * (n - 1);
  const i = ((at % period) + period) % period;
  return i < n ? i : period - i;
}

/** Cuts a tile out of a row-major image or volume, channels last; beyond the border it is mirrored. */
function cut(
  values: Float32Array,
  { depth = 1, height, width, channels }: Raster,
  [front, top, left]: Space,
  [slices, rows, columns]: Space,
  out: Float32Array,
  at: number,
): void {
  for (let z = 0; z < slices; z++) {
    const slice = mirrored(front + z, depth) * height;
    for (let y = 0; y < rows; y++) {
      const row = (slice + mirrored(top + y, height)) * width;
      for (let x = 0; x < columns; x++) {
        const from = (row + mirrored(left + x, width)) * channels;
        for (let c = 0; c < channels; c++) out[at++] = values[from + c]!;
      }
    }
  }
}

/** Sizes, or a place, with the one slice of an image. */
const inSpace = (values: readonly number[], slice: 0 | 1): Space =>
  (values.length === 2 ? [slice, ...values] : values) as readonly number[] as Space;

export interface PredictTiledOptions extends Omit<TileOptions, 'inputSize' | 'outputSize'> {
  /** `[height, width]` that the network takes, of volumes `[depth, height, width]`. */
  readonly inputSize: Sizes;
  /** What it gives; smaller than the input for unpadded convolutions. Default the input's. */
  readonly outputSize?: Sizes;
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
 * Runs a network over an image or volume of any size, tile by tile, mirrored at the borders; where outputs overlap they are
 * averaged, so let `predict` give probabilities rather than logits.
 *
 *     const probabilities = (x: Tensor) => tidy(() => softmax(model.apply(params, x)));
 *     await predictTiled(image, probabilities, { inputSize: [572, 572], outputSize: [388, 388] });
 *
 * @param image `[height, width, channels]`, of volumes `[depth, height, width, channels]`, raw intensities; it is not written to.
 * @param predict from float32 `[batch, [d,] h, w, channels]` to `[batch, [d',] h', w', classes]`; its input is disposed for it.
 * @param options sizes of the network, overlap, weights, normalisation; their defaults stand with their types.
 * @returns float32 raster of the image's size, one channel a class.
 * @throws {SegscapeError} `BAD_OPTION`, `ABORTED`, and `SHAPE_MISMATCH` when the result is not of `outputSize`, or sizes have
 * other axes than the image.
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
  const { depth, height, width, channels } = image;
  const axes = depth === undefined ? ['height', 'width'] : ['depth', 'height', 'width'];
  if (inputSize.length !== axes.length || outputSize.length !== axes.length)
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `${where}: expected inputSize and outputSize [${axes.join(', ')}] for ${depth === undefined ? 'an image' : `a volume of ${depth} slices`}, got [${inputSize.join(', ')}] and [${outputSize.join(', ')}]. ${depth === undefined ? 'Give a volume, or a network of images.' : 'Predict its slices one by one, or take a network of volumes.'}`,
      { details: { depth } },
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
  const whole = { ...(depth !== undefined && { depth }), height, width };
  const tiles = laidOver(where, whole, inputSize, outputSize, options.overlap ?? 0);
  const values = toFloats(image, normalize);
  const [taken, given] = [inSpace(inputSize, 1), inSpace(outputSize, 1)];
  const volumeOf = ([d, h, w]: Space) => d * h * w;
  let canvas: TileCanvas | undefined;
  let classes = 0;
  const size = volumeOf(taken) * channels;
  for (let start = 0; start < tiles.length; start += batchSize) {
    if (signal?.aborted)
      throw new SegscapeError('ABORTED', `${where}: stopped by the caller.`, { cause: signal.reason });
    const group = tiles.slice(start, start + batchSize);
    const packed = new Float32Array(group.length * size);
    for (const [i, { input }] of group.entries())
      cut(values, image, inSpace(input, 0), taken, packed, i * size);
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
    const expected = [group.length, ...outputSize];
    if (shape.length !== expected.length + 1 || expected.some((length, axis) => shape[axis] !== length))
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `${where}: expected predictions [${expected.join(', ')}, classes], got [${shape.join(', ')}]. Set outputSize.`,
      );
    if (classes === 0) {
      classes = shape.at(-1)!;
      canvas = new TileCanvas(
        inSpace(Object.values(whole), 1),
        classes,
        given,
        // The mean of one is itself, to the bit.
        tiles.length === 1 ? 'uniform' : weights,
      );
    }
    for (const [i, { output }] of group.entries())
      canvas?.paste(data, i * volumeOf(given) * classes, inSpace(output, 0));
    onProgress?.(Math.min(tiles.length, start + batchSize), tiles.length);
  }
  const data = canvas?.finish() ?? new Float32Array(0);
  return { data, ...whole, channels: classes, ...(image.spacing && { spacing: image.spacing }) };
}
