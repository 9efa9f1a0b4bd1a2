import { type Raster, SegscapeError } from '@segscape/core';
import { distanceTransform } from '@segscape/morphology';
import { getBackend, type Tensor } from '@tensorflow/tfjs-core';

/**
 * The values of a tensor, where they can be read at once.
 * @throws {SegscapeError} `PREPARE_NEEDED` or `NOT_TRACEABLE` where they cannot: on WebGPU, and under a trace.
 */
export function readNow(
  where: string,
  code: 'PREPARE_NEEDED' | 'NOT_TRACEABLE',
  advice: string,
  x: Tensor,
): ArrayLike<number> {
  const refuse = (cause?: unknown) =>
    new SegscapeError(code, `${where}: values cannot be read here (backend '${getBackend()}'). ${advice}`, {
      cause,
    });
  if (getBackend() === 'webgpu') throw refuse();
  try {
    return x.dataSync();
  } catch (cause) {
    throw refuse(cause);
  }
}

/** One sample's plane of a batch as a mask: 1 where `isInside`. */
export function planeMask(space: readonly number[], isInside: (pixel: number) => boolean): Raster {
  const [width = 1, height = 1, depth] = [...space].reverse();
  const data = new Uint8Array(width * height * (depth ?? 1));
  for (let pixel = 0; pixel < data.length; pixel++) data[pixel] = isInside(pixel) ? 1 : 0;
  return { data, height, width, channels: 1, ...(depth !== undefined && { depth }) };
}

const transform = (mask: Raster, signed: boolean, spacing: readonly number[] | undefined) =>
  distanceTransform(mask, { signed, ...(spacing && { spacing }) }).data;

/** Distance to the other side of the boundary, on both sides; 0 where there is only one. */
export function fieldOf(mask: Raster, spacing: readonly number[] | undefined): Float32Array {
  const data = transform(mask, true, spacing);
  for (let i = 0; i < data.length; i++) data[i] = Number.isFinite(data[i]) ? Math.abs(data[i]!) : 0;
  return data;
}

/**
 * Distance to the background, inside only. A mask without background is measured from the pixel just before the
 * first one along the first axis, which is what scipy gives there.
 */
export function insideField(mask: Raster, spacing: readonly number[] | undefined): Float32Array {
  const data = transform(mask, false, spacing);
  if (data[0] !== Number.POSITIVE_INFINITY) return data;
  const { height, width, depth } = mask;
  const [sx = 1, sy = 1, sz = 1] = [...(spacing ?? [])].reverse();
  for (let i = 0; i < data.length; i++) {
    const x = (i % width) * sx;
    const y = Math.floor(i / width) % height;
    const z = Math.floor(i / (width * height));
    data[i] = depth === undefined ? Math.hypot(x, (y + 1) * sy) : Math.hypot(x, y * sy, (z + 1) * sz);
  }
  return data;
}
