import type { DataSet } from './data-set.js';

/** Pixels stored as numbers with a point: parametric maps, float32 or float64. */
export interface FloatPixels {
  readonly bytes: Uint8Array;
  readonly size: 4 | 8;
}

/** Float Pixel Data or Double Float Pixel Data; undefined where a file has neither. */
export function floatPixelsOf({ elements }: DataSet): FloatPixels | undefined {
  const [single, double] = [elements.get(0x7fe0_0008), elements.get(0x7fe0_0009)];
  if (single !== undefined) return { bytes: single.value, size: 4 };
  return double && { bytes: double.value, size: 8 };
}

/**
 * The pixels as float32, all frames of them.
 * @throws {Error} when they end early.
 */
export function floatSamples({ bytes, size }: FloatPixels, count: number, little: boolean): Float32Array {
  if (bytes.length < count * size)
    throw new Error(`its data end after ${bytes.length} of ${count * size} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Float32Array.from({ length: count }, (_, i) =>
    size === 4 ? view.getFloat32(4 * i, little) : view.getFloat64(8 * i, little),
  );
}
