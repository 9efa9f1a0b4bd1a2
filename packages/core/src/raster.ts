import { assertOption } from './assert.js';
import { SegscapeError } from './errors.js';

export type RasterData = Uint8Array | Int16Array | Uint16Array | Int32Array | Float32Array;

/** A decoded image or label map in host memory: row-major `[depth,] height, width, channels`, raw intensities. */
export interface Raster {
  readonly data: RasterData;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Number of planes of a volume; absent for a 2-D image. */
  readonly depth?: number;
  /** Size of a pixel in micrometres, `[y, x]` or `[z, y, x]`. */
  readonly spacing?: readonly number[];
}

/** The label of pixels that no class claims (void, or only padding): losses, metrics and pictures leave it out. */
export const ignoreLabel = 255;

/** One training example: an image with its label mask, one channel of class indices (or `ignoreLabel`). */
export interface Sample {
  readonly id: string;
  /** What must not be split between train and test, usually the patient. */
  readonly group?: string;
  readonly image: Raster;
  readonly mask: Raster;
}

/**
 * Number of values a raster of this form holds.
 * @param form its sizes, in pixels.
 * @returns a product.
 */
export function rasterLength({
  height,
  width,
  channels,
  depth = 1,
}: Pick<Raster, 'height' | 'width' | 'channels' | 'depth'>): number {
  return depth * height * width * channels;
}

/** What an object holds, without what may be millions of values. */
const outline = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : value;

/**
 * Checks that there is a raster, whose data fit its size: out of a program without types anything may come.
 * @param where the function, for the message.
 * @param raster what was given.
 * @param name of the argument, for the message. Default `'image'`.
 * @throws {SegscapeError} `BAD_OPTION` for what is no raster, `SHAPE_MISMATCH`.
 */
export function assertRaster(where: string, raster: Raster, name = 'image'): void {
  const numbers = [raster?.data?.length, raster?.height, raster?.width, raster?.channels];
  const isRaster = numbers.every((size) => typeof size === 'number');
  assertOption(isRaster, where, name, outline(raster), 'be a raster { data, height, width, channels }');
  const { data, depth, height, width, channels } = raster;
  const sizes = [...(depth === undefined ? [] : [depth]), height, width, channels];
  if (sizes.every((size) => Number.isInteger(size) && size > 0) && data.length === rasterLength(raster))
    return;
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `${where}: a raster of [${sizes.join(', ')}] needs ${rasterLength(raster)} values, got ${data.length}.`,
    { details: { sizes, length: data.length } },
  );
}

/**
 * Mean and (population) standard deviation of each channel, in the raster's own units.
 * @param raster of any type.
 * @returns one number a channel, NaN where there is no pixel.
 */
export function channelStatistics({ data, channels }: Raster): { mean: number[]; deviation: number[] } {
  const pixels = data.length / channels;
  const mean = Array<number>(channels).fill(0);
  const variance = Array<number>(channels).fill(0);
  for (let i = 0; i < data.length; i++) mean[i % channels]! += data[i]! / pixels;
  // In a second pass: the mean of squares less the square of the mean would cancel.
  for (let i = 0; i < data.length; i++)
    variance[i % channels]! += (data[i]! - mean[i % channels]!) ** 2 / pixels;
  return { mean, deviation: variance.map(Math.sqrt) };
}
