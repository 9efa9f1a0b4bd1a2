import { assertOption, type Raster } from '@segscape/core';
import { type ConnectivityOption, eachNeighbour, stepsOf } from './neighbours.js';
import { spaceOf, withData } from './space.js';

export interface BoundaryOptions extends ConnectivityOption {
  /** Boundary pixels of the regions themselves, or the background pixels around them. Default `'inner'`. */
  readonly side?: 'inner' | 'outer';
  /** What lies beyond the border: background, or more of the same. Default `'background'`. */
  readonly outside?: 'background' | 'same';
}

/**
 * Boundaries of labelled regions. Inner: pixels that have a neighbour of another value, in a binary mask the mask
 * minus its erosion. Outer: background pixels that have a neighbour in a region.
 *
 * @param mask a raster of one channel, a plane or a volume; every value but 0 is an object.
 * @param options inner or outer side, neighbours, and what lies beyond the image.
 * @returns uint8 raster of 0 and 1.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`.
 */
export function boundary(
  mask: Raster,
  { connectivity, side = 'inner', outside = 'background' }: BoundaryOptions = {},
): Raster & { readonly data: Uint8Array } {
  const where = 'boundary';
  const space = spaceOf(where, mask);
  const steps = stepsOf(where, space, connectivity);
  assertOption(['inner', 'outer'].includes(side), where, 'side', side, "be 'inner' or 'outer'");
  assertOption(
    ['background', 'same'].includes(outside),
    where,
    'outside',
    outside,
    "be 'background' or 'same'",
  );
  const { data } = mask;
  const out = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at++) {
    const value = data[at];
    if ((value === 0) === (side === 'inner')) continue;
    let met = 0;
    let differs = false;
    eachNeighbour(at, space, steps, (neighbour) => {
      met++;
      if (data[neighbour] !== value) differs = true;
    });
    const atBorder = met < steps.length && side === 'inner' && outside === 'background';
    out[at] = differs || atBorder ? 1 : 0;
  }
  return withData(mask, out);
}
