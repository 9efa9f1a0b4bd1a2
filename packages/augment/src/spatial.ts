import { type Raster, type Sample, SegscapeError } from '@segscape/core';
import { movesOf } from './combine.js';
import { assertAligned } from './extent.js';
import type { DisplacementField } from './field.js';
import { assertSample, rngOf } from './given.js';
import { type Border, foldPlaces, type Move, type Places } from './move.js';
import type { Order } from './spline-weights.js';
import { stored } from './store.js';
import { assertTransforms, isSpatial, type SpatialTransform, type Transform } from './transform.js';
import { warpedBy } from './warp.js';

/** Where the pixels of the last move's result come from in what the first one moves. */
interface Traced {
  readonly field: DisplacementField;
  /** 0 inside, else the number of the move, from 1, whose border's value lies there. */
  readonly outside: Uint8Array;
}

/** Every pixel's own place. */
function placesOf({ depth, height, width }: Move['to']): Places {
  const count = (depth ?? 1) * height * width;
  const places = {
    ...(depth !== undefined && { z: new Float64Array(count) }),
    y: new Float64Array(count),
    x: new Float64Array(count),
  };
  for (let start = 0, row = 0; start < count; start += width, row++) {
    places.z?.fill(Math.floor(row / height), start, start + width);
    places.y.fill(row % height, start, start + width);
    for (let column = 0; column < width; column++) places.x[start + column] = column;
  }
  return places;
}

/** Turns places into displacements from their pixels' own, in place; 0 where there is no place. */
function displaced(places: Float64Array, own: Float64Array, outside: Uint8Array): Float64Array {
  for (let p = 0; p < places.length; p++) places[p] = outside[p]! > 0 ? 0 : places[p]! - own[p]!;
  return places;
}

/** Follows the places of the result back through all moves. */
function traced(moves: readonly Move[]): Traced {
  const { to } = moves.at(-1)!;
  const places = placesOf(to);
  const outside = new Uint8Array(places.y.length);
  for (let k = moves.length - 1; k >= 0; k--) {
    moves[k]!.trace(places);
    // The border of the first one's is that of the resampling.
    if (k > 0) foldPlaces(places, moves[k]!, outside, k + 1);
  }
  const own = placesOf(to);
  const { depth, height, width } = to;
  const plane = {
    height,
    width,
    dy: displaced(places.y, own.y, outside),
    dx: displaced(places.x, own.x, outside),
  };
  if (depth === undefined || !places.z || !own.z) return { field: plane, outside };
  return { field: { ...plane, depth, dz: displaced(places.z, own.z, outside) }, outside };
}

/** Writes the values that lie beyond the borders of later moves. */
function fillBorders(
  { data, channels }: Raster,
  outside: Uint8Array,
  moves: readonly Move[],
  valueBeyond: (border: Border) => number,
): void {
  const values = moves.map(({ border }) => stored(data, border ? valueBeyond(border) : 0));
  for (let p = 0; p < outside.length; p++)
    if (outside[p]! > 0) data.fill(values[outside[p]! - 1]!, p * channels, (p + 1) * channels);
}

/** One resampling, and the borders' values where there is nothing to sample. */
function resampled(
  where: string,
  raster: Raster,
  moves: readonly Move[],
  order: Order,
  valueBeyond: (border: Border) => number,
): Raster {
  if (moves.length === 0) return raster;
  const { field, outside } = traced(moves);
  const first = moves.find((move) => move.border)?.border;
  const rule = first ? { mode: first.mode, cval: valueBeyond(first) } : {};
  const result = warpedBy(where, raster, field, { order, ...rule });
  fillBorders(result, outside, moves, valueBeyond);
  const spacing = moves.reduce(
    (own, move) => (own && move.spacing ? move.spacing(own) : own),
    raster.spacing,
  );
  return { ...result, ...(spacing && { spacing }) };
}

/**
 * Spatial transforms one after another (elastic, affine and its like, flips, turns, crops, pads, resize, and `compose`,
 * `sometimes` and `oneOf` of them) in **one** resampling: the image is interpolated once, however many there are, with
 * the highest of their orders. The random numbers are those that `compose` would draw. One that moves alone gives
 * exactly what it gives by itself, and so do flips, turns, crops and pads together.
 *
 *     spatial(randomCrop({ size: [388, 388] }), flip(), elastic(), pad({ amount: 92, mask: 'keep' }))
 *
 * Where `compose` would interpolate across the edge of a crop with its border mode, the pixels that truly lie there are
 * used. At most 255 moves.
 *
 * @param transforms in the order in which they are applied.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`: a transform that changes intensities; one after `pad({ mask: 'keep' })`.
 */
export function spatial(...transforms: readonly Transform[]): SpatialTransform {
  const where = 'spatial';
  assertTransforms(where, transforms);
  const parts = transforms.map((transform, place) => {
    if (isSpatial(transform)) return transform;
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: transform ${place} does not tell where it moves pixels to; only those that move pixels can be joined. Put it into compose, before or after spatial(…).`,
      { details: { place } },
    );
  });
  const plan: SpatialTransform['plan'] = (extent, rng, id) => movesOf(parts, extent, rng, id);
  const transform: Transform = (sample, given) => {
    assertSample(where, sample, true);
    const rng = rngOf(where, given);
    const moves = plan(sample.image, rng, sample.id).filter(({ still }) => !still);
    return moves.length <= 1 ? (moves[0]?.apply(sample) ?? sample) : joined(where, sample, moves);
  };
  return Object.assign(transform, { plan });
}

function joined(where: string, sample: Sample, moves: readonly Move[]): Sample {
  assertAligned(where, sample);
  const keeper = moves.findIndex(({ keepsMask }) => keepsMask);
  if (keeper >= 0 && keeper < moves.length - 1)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: pad with mask: 'keep' must be the last, since image and mask are of two sizes after it.`,
    );
  const order = Math.max(0, ...moves.map((move) => move.order ?? 0)) as Order;
  const masked = moves.filter(({ keepsMask }) => !keepsMask);
  return {
    ...sample,
    image: resampled(where, sample.image, moves, order, ({ cval }) => cval),
    mask: resampled(where, sample.mask, masked, 0, ({ maskCval }) => maskCval),
  };
}
