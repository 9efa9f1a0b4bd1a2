import { assertOption, type Raster } from '@segscape/core';
import { assertFlag, assertKnown, type Known } from './known-options.js';
import {
  type Connectivity,
  type ConnectivityOption,
  eachNeighbour,
  ofNeighbours,
  stepsOf,
} from './neighbours.js';
import { spaceOf, withData } from './space.js';

export interface BoundaryOptions extends ConnectivityOption {
  /** Boundary pixels of the regions themselves, the background pixels around them, or both. Default `'inner'`. */
  readonly side?: 'inner' | 'outer' | 'thick';
  /**
   * On the outer side: also the boundary pixels of a region that touches another one, corners included, as
   * scikit-image's `find_boundaries` marks them. Default false: background alone.
   */
  readonly touching?: boolean;
  /** What lies beyond the border: background, or more of the same. Default `'background'`. */
  readonly outside?: 'background' | 'same';
}

const known: Known<BoundaryOptions> = { ...ofNeighbours, side: 0, touching: 0, outside: 0 };

/**
 * Boundaries of labelled regions. Inner: pixels that have a neighbour of another value, in a binary mask the mask
 * minus its erosion. Outer: background pixels that have a neighbour in a region. Thick: both. With
 * `outside: 'same'` (and `touching` for the outer side) these are the modes of scikit-image's `find_boundaries`.
 *
 * @param mask a raster of one channel, a plane or a volume; every value but 0 is an object.
 * @param options side, neighbours, and what lies beyond the image.
 * @returns uint8 raster of 0 and 1.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`; `MASK_VALUE_UNKNOWN` for NaN.
 */
export function boundary(
  mask: Raster,
  options: BoundaryOptions = {},
): Raster & { readonly data: Uint8Array } {
  const where = 'boundary';
  assertKnown(where, options, known);
  assertFlag(where, 'touching', options.touching);
  const { connectivity, side = 'inner', touching = false, outside = 'background' } = options;
  const space = spaceOf(where, mask);
  const steps = stepsOf(where, space, connectivity);
  assertOption(
    ['inner', 'outer', 'thick'].includes(side),
    where,
    'side',
    side,
    "be 'inner', 'outer' or 'thick'",
  );
  assertOption(
    ['background', 'same'].includes(outside),
    where,
    'outside',
    outside,
    "be 'background' or 'same'",
  );
  const { data } = mask;
  const around = stepsOf(where, space, space.axes as Connectivity);
  const touchesAnother = (at: number, value: number) => {
    let touches = false;
    eachNeighbour(at, space, around, (neighbour) => {
      if (data[neighbour] !== 0 && data[neighbour] !== value) touches = true;
    });
    return touches;
  };
  const out = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at++) {
    const value = data[at]!;
    const isRegion = value !== 0;
    if (side === 'inner' && !isRegion) continue;
    if (side === 'outer' && isRegion && !(touching && touchesAnother(at, value))) continue;
    let met = 0;
    let differs = false;
    eachNeighbour(at, space, steps, (neighbour) => {
      met++;
      if (data[neighbour] !== value) differs = true;
    });
    const atBorder = met < steps.length && isRegion && side !== 'outer' && outside === 'background';
    out[at] = differs || atBorder ? 1 : 0;
  }
  return withData(mask, out);
}
