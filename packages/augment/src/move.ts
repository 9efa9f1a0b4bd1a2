import type { Raster, RngState, Sample } from '@segscape/core';
import { type BorderMode, foldCoordinate } from './boundary.js';
import type { Extent } from './extent.js';
import type { DisplacementField } from './field.js';
import type { Order } from './spline-weights.js';

/** Places in a picture or, with `z`, in a volume, one for every pixel of a result, in pixels. */
export interface Places {
  readonly z?: Float64Array;
  readonly y: Float64Array;
  readonly x: Float64Array;
}

/** What lies beyond the border of what a move takes pixels from. */
export interface Border {
  readonly mode: BorderMode;
  readonly cval: number;
  readonly maskCval: number;
}

/** A number that was drawn, several, or the state of the stream that a field of noise was drawn from. */
type DrawnValue = string | number | boolean | readonly number[] | RngState;

/** What a transform drew for one sample, in plain JSON: its kind, and its numbers by their names. */
export interface Drawn {
  readonly kind: string;
  readonly [value: string]: DrawnValue;
}

/** One drawn movement of image and mask. */
export interface Move {
  /** What was drawn for it; `moving` adds the kind. */
  readonly drawn?: Readonly<Record<string, DrawnValue>>;
  /** Size of what it moves. */
  readonly from: Extent;
  /** Size of the result. */
  readonly to: Extent;
  /** The movement alone. */
  readonly apply: (sample: Sample) => Sample;
  /** Takes places in the result to places in what it moves, in place. */
  readonly trace: (places: Places) => void;
  /** Nothing moves. */
  readonly still?: boolean;
  /** Order of its interpolation; absent where whole pixels move to whole pixels. */
  readonly order?: Order;
  /** Absent where no place lies outside. */
  readonly border?: Border;
  /** What becomes of the size of a pixel; absent where it stays. */
  readonly spacing?: (spacing: readonly number[]) => readonly number[];
  /** The mask stays as it is. */
  readonly keepsMask?: boolean;
}

/** Nothing moves. */
export const stay = (extent: Extent, drawn: Move['drawn'] = {}): Move => ({
  drawn,
  from: extent,
  to: extent,
  apply: (sample) => sample,
  trace: () => undefined,
  still: true,
});

/** Image and mask by one function, which knows how to move whole pixels. */
export const onBoth =
  (change: (raster: Raster) => Raster) =>
  (sample: Sample): Sample => ({ ...sample, image: change(sample.image), mask: change(sample.mask) });

/** A field's displacement between its pixels, linear; beyond its border that of the nearest. */
function between(
  values: DisplacementField['dy'],
  { depth = 1, height, width }: DisplacementField,
  z: number,
  y: number,
  x: number,
): number {
  const cz = Math.min(depth - 1, Math.max(0, z));
  const cy = Math.min(height - 1, Math.max(0, y));
  const cx = Math.min(width - 1, Math.max(0, x));
  const [iz, iy, ix] = [Math.floor(cz), Math.floor(cy), Math.floor(cx)];
  const at = (iz * height + iy) * width + ix;
  const low = inPlane(values, at, width, cy - iy, cx - ix);
  // A part of 0 takes the pixel as it is, bit for bit.
  if (cz === iz) return low;
  const high = inPlane(values, at + height * width, width, cy - iy, cx - ix);
  return (1 - (cz - iz)) * low + (cz - iz) * high;
}

/** Between four pixels of one slice, `v` below and `u` beside the one at `at`; those that count for nothing are not read. */
function inPlane(values: DisplacementField['dy'], at: number, width: number, v: number, u: number): number {
  const above = u === 0 ? values[at]! : (1 - u) * values[at]! + u * values[at + 1]!;
  if (v === 0) return above;
  const next = at + width;
  const below = u === 0 ? values[next]! : (1 - u) * values[next]! + u * values[next + 1]!;
  return (1 - v) * above + v * below;
}

/** Takes places through a displacement field. */
export const throughField =
  (field: DisplacementField): Move['trace'] =>
  (places) =>
    field.dz ? follow(places, field) : followPlane(places, field);

// A function of its own: engines start anew with the loops of a closure that is made at every call.
function follow({ z, y, x }: Places, field: DisplacementField): void {
  const { dz, dy, dx } = field;
  for (let p = 0; p < y.length; p++) {
    const cy = y[p]!;
    const cx = x[p]!;
    const cz = dz && z ? z[p]! : 0;
    // Places beyond the border of a later move.
    if (Number.isNaN(cy)) continue;
    if (dz && z) z[p] = cz + between(dz, field, cz, cy, cx);
    y[p] = cy + between(dy, field, cz, cy, cx);
    x[p] = cx + between(dx, field, cz, cy, cx);
  }
}

/** The same for a field of a plane: both components meet the same four pixels. */
function followPlane({ y, x }: Places, { height, width, dy, dx }: DisplacementField): void {
  const bottom = height - 1;
  const right = width - 1;
  for (let p = 0; p < y.length; p++) {
    const cy = y[p]!;
    const cx = x[p]!;
    if (Number.isNaN(cy)) continue;
    const iny = Math.min(bottom, Math.max(0, cy));
    const inx = Math.min(right, Math.max(0, cx));
    const iy = Math.floor(iny);
    const ix = Math.floor(inx);
    const at = iy * width + ix;
    y[p] = cy + inPlane(dy, at, width, iny - iy, inx - ix);
    x[p] = cx + inPlane(dx, at, width, iny - iy, inx - ix);
  }
}

/**
 * Brings the places that a move left outside of what it moves back by its border's rule; those that have no place there
 * become NaN, and `outside` gets `mark` for them.
 */
export function foldPlaces({ z, y, x }: Places, move: Move, outside: Uint8Array, mark: number): void {
  if (move.border === undefined) return;
  const { mode } = move.border;
  const { depth = 1, height, width } = move.from;
  for (let p = 0; p < y.length; p++) {
    if (outside[p]! > 0) continue;
    const cz = z ? foldPlace(z[p]!, depth, mode) : 0;
    const cy = foldPlace(y[p]!, height, mode);
    const cx = foldPlace(x[p]!, width, mode);
    const away = Number.isNaN(cz + cy + cx);
    if (away) outside[p] = mark;
    if (z) z[p] = away ? Number.NaN : cz;
    y[p] = away ? Number.NaN : cy;
    x[p] = away ? Number.NaN : cx;
  }
}

function foldPlace(c: number, n: number, mode: BorderMode): number {
  // Between the last pixel and a margin of cval lies no place of what is moved but the nearest of the two.
  if (mode === 'grid-constant') return c >= -0.5 && c <= n - 0.5 ? c : Number.NaN;
  return foldCoordinate(c, n, mode);
}
