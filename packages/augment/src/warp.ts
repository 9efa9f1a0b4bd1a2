import type { Raster, RasterData } from '@segscape/core';
import { assertOptions, options as optionsOf } from '@segscape/core/schema';
import { kernels } from '#kernels';
import type { BorderMode } from './boundary.js';
import { assertVolume, like, slicesOf } from './extent.js';
import { assertField, type DisplacementField, type VolumeField } from './field.js';
import { assertImage } from './given.js';
import type { PlaneJob } from './kernel-jobs.js';
import { planeSampler, volumeSampler } from './sample-at.js';
import type { Sampling, Source } from './sampling.js';
import * as shared from './shared-options.js';
import { sourceOf } from './source.js';
import type { Order } from './spline-weights.js';
import { blank } from './store.js';

export interface WarpOptions {
  /** 0 nearest neighbour, 1 linear, 2 to 5 B-splines of that degree, 3 the cubic one. Default 1. */
  readonly order?: Order;
  /** Default `'reflect'`. */
  readonly mode?: BorderMode;
  /** Value outside for `'constant'` and `'grid-constant'`. Default 0. */
  readonly cval?: number;
}

export const warpSchema = optionsOf<WarpOptions>({
  order: shared.order,
  mode: shared.mode,
  cval: shared.cval,
});

/**
 * Resamples an image at displaced coordinates: `output(y, x) = input(y + dy, x + dx)`. Agrees with
 * `scipy.ndimage.map_coordinates` for orders 0 to 5 and all border modes. The result has the field's size and the
 * raster's type and spacing; integers are rounded and clamped.
 *
 *     warp(image, elasticField({ height, width, alpha: 34, sigma: 6 }, rng), { order: 1, mode: 'reflect' });
 *
 * A volume is moved by a field with `depth` and `dz` in three dimensions (trilinear for order 1); a field of a plane
 * moves each of its slices alike.
 *
 * @param raster a plane or a volume of any type.
 * @param field displacements in pixels, `dy` and `dx` (and `dz`) in the order of rows.
 * @param options their defaults stand with their types.
 * @returns a raster of the same type, of the size of the field.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`.
 */
export function warp(raster: Raster, field: DisplacementField, options: WarpOptions = {}): Raster {
  const where = 'warp';
  assertOptions(where, options, warpSchema);
  return warpedBy(where, raster, field, options);
}

/** `warp`, its options checked. */
export function warpedBy(
  where: string,
  raster: Raster,
  field: DisplacementField,
  options: WarpOptions,
): Raster {
  if (assertField(where, field)) return throughVolume(where, raster, field, samplingOf(options));
  return throughPlanes(where, field, [{ raster, sampling: samplingOf(options) }])[0]!;
}

/** An image and its mask by one field, the mask by its nearest pixels: in one pass over a field of a plane. */
export function warpedPair(
  where: string,
  image: Raster,
  mask: Raster,
  field: DisplacementField,
  options: WarpOptions & { readonly maskCval?: number },
): [Raster, Raster] {
  const own = samplingOf(options);
  const nearest: Sampling = { order: 0, mode: own.mode, cval: options.maskCval ?? 0 };
  if (assertField(where, field))
    return [throughVolume(where, image, field, own), throughVolume(where, mask, field, nearest)];
  const pair = [
    { raster: image, sampling: own },
    { raster: mask, sampling: nearest },
  ];
  return throughPlanes(where, field, pair) as [Raster, Raster];
}

const samplingOf = ({ order = 1, mode = 'reflect', cval = 0 }: WarpOptions): Sampling => ({
  order,
  mode,
  cval,
});

interface Wanted {
  readonly raster: Raster;
  readonly sampling: Sampling;
}

/** A raster on its way: where its slices are sampled from and written to. */
interface Task extends Wanted {
  readonly source: Source;
  readonly data: RasterData;
}

/** One raster, or an image and its mask that has as many slices, slice by slice through one field. */
function throughPlanes(where: string, field: DisplacementField, wanted: readonly Wanted[]): Raster[] {
  const { height, width } = field;
  const tasks = wanted.map(({ raster, sampling }): Task => {
    assertImage(where, raster);
    const source = sourceOf(raster, raster.depth === undefined ? [0, 1] : [1, 2], sampling);
    const data = blank(raster.data, slicesOf(raster) * height * width * raster.channels);
    return { raster, sampling, source, data };
  });
  for (let z = 0; z < slicesOf(tasks[0]!.raster); z++) warpSlices(field, tasks, z);
  return tasks.map(({ raster, data }) => {
    const { depth } = raster;
    return { ...like(raster, { ...(depth !== undefined && { depth }), height, width }), data };
  });
}

/** Slice `z` of a task. */
function jobOf({ source, data, raster }: Task, z: number, pixels: number): PlaneJob {
  const shape = source.shape.slice(-2);
  const step = shape[0]! * shape[1]! * raster.channels;
  const size = pixels * raster.channels;
  return {
    source: { ...source, shape, data: source.data.subarray(z * step, (z + 1) * step) },
    out: data.subarray(z * size, (z + 1) * size),
    left: [],
  };
}

/** The insides by quick loops, the borders pixel by pixel. */
function warpSlices(field: DisplacementField, tasks: readonly Task[], z: number): void {
  const pixels = field.dy.length;
  const [image, mask] = tasks.map((task) => jobOf(task, z, pixels)) as [PlaneJob, PlaneJob?];
  const { order } = tasks[0]!.sampling;
  if (order === 0 || order === 1 || order === 3) kernels().warp(order, field, image, mask);
  else {
    for (let p = 0; p < pixels; p++) image.left.push(p);
    if (mask) kernels().warp(0, field, mask);
  }
  finishBorder(field, image, tasks[0]!.sampling);
  if (mask) finishBorder(field, mask, tasks[1]!.sampling);
}

function finishBorder({ width, dy, dx }: DisplacementField, job: PlaneJob, sampling: Sampling): void {
  const { source, out, left } = job;
  const { channels, shift } = source;
  const sample = planeSampler(source, sampling, out);
  for (const p of left) {
    const x = p % width;
    sample((p - x) / width + dy[p]! + shift, x + dx[p]! + shift, p * channels);
  }
}

function throughVolume(where: string, raster: Raster, field: VolumeField, sampling: Sampling): Raster {
  assertImage(where, raster);
  assertVolume(where, 'a field with depth', raster);
  const { depth, height, width, dz, dy, dx } = field;
  const { channels } = raster;
  const data = blank(raster.data, depth * height * width * channels);
  const source = sourceOf(raster, [0, 1, 2], sampling);
  const sample = volumeSampler(source, sampling, data);
  const { shift } = source;
  for (let z = 0, p = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++, p++)
        sample(z + dz[p]! + shift, y + dy[p]! + shift, x + dx[p]! + shift, p * channels);
  return { ...like(raster, { depth, height, width }), data };
}
