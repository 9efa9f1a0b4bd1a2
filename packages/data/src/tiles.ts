import { assertOneOf, assertOption, assertRaster, type Raster, SegscapeError } from '@segscape/core';
import { assertOptions, options as optionsOf } from '@segscape/core/schema';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { assertNormalize, type Normalize, toFloats } from './intensities.js';
import { unchecked } from './option-lines.js';
import { laidOver, type TileOptions, tileLines } from './overlap-tiles.js';
import { type Space, TileCanvas, type TileWeights } from './tile-canvas.js';

/** As many axes as the image has. */
type Sizes = readonly [number, number] | Space;

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

const predictSchema = optionsOf<PredictTiledOptions>(
  {
    ...tileLines,
    batchSize: unchecked,
    weights: unchecked,
    normalize: unchecked,
    signal: unchecked,
    onProgress: unchecked,
  },
  ['inputSize'],
);

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
  assertOptions('predictTiled', options, predictSchema);
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
