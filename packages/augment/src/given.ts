import { assertOption, assertRaster, type Raster, type Rng, type Sample } from '@segscape/core';

/**
 * Checks that there is a raster of typed data, which fit its size.
 * @param name what it is, for the message.
 * @throws {SegscapeError} `BAD_OPTION` for what is no raster, `SHAPE_MISMATCH`.
 */
export function assertImage(where: string, raster: Raster, name = 'image'): void {
  assertRaster(where, raster, name);
  assertOption(ArrayBuffer.isView(raster.data), where, `${name}.data`, raster.data, 'be a typed array');
}

/** Checks the image of a sample and, where both move, its mask. */
export function assertSample(where: string, sample: Sample, masked: boolean): void {
  const names = typeof sample === 'object' && sample !== null ? Object.keys(sample) : undefined;
  const isSample = names?.includes('image') === true;
  assertOption(isSample, where, 'sample', names ?? sample, 'be { id, image, mask }');
  assertImage(where, sample.image);
  if (masked) assertImage(where, sample.mask, 'mask');
}

/** The stream of random numbers, or where there is none one that refuses to be drawn from: some transforms draw nothing. */
export function rngOf(where: string, rng: Rng): Rng {
  if (typeof rng?.uniform === 'function') return rng;
  const missing = (): never => {
    assertOption(false, where, 'rng', rng, 'be a stream of random numbers, as random(seed) makes one');
  };
  return {
    uniform: missing,
    uniforms: missing,
    integer: missing,
    normal: missing,
    fork: missing,
    state: missing,
  };
}
