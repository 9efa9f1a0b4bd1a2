import type { Space, Spacing } from './space.js';

/** The lines of one axis: `outer · inner` of them, of `length` pixels `stride` apart. */
export interface Line {
  readonly length: number;
  readonly stride: number;
  /** Distance between neighbours. */
  readonly size: number;
  readonly outer: number;
  readonly outerStride: number;
  readonly inner: number;
  /** Leave distances rather than their squares: for the last axis. */
  readonly root?: boolean;
}

/** The lines of an image or volume along an axis: 0 is z, 1 is y, 2 is x. */
export function linesAlong(axis: 0 | 1 | 2, { depth, height, width }: Space, spacing: Spacing): Line {
  const plane = height * width;
  const size = spacing[axis];
  if (axis === 0) return { length: depth, stride: plane, size, outer: 1, outerStride: 0, inner: plane };
  if (axis === 1)
    return { length: height, stride: width, size, outer: depth, outerStride: plane, inner: width };
  return { length: width, stride: 1, size, outer: depth * height, outerStride: width, inner: 1 };
}

/** Columns taken together, so that a cache line read is a cache line used. */
const block = 16;

/** Parabolas of a lower envelope, left to right. */
interface Envelope {
  /** Positions of the lowest points. */
  readonly places: Float64Array;
  /** Their heights there plus the squares of those positions, in squared pixels. */
  readonly keys: Float64Array;
  /** Where each becomes the lowest. */
  readonly starts: Float64Array;
}

const envelopeOf = (length: number): Envelope => ({
  places: new Float64Array(length),
  keys: new Float64Array(length),
  starts: new Float64Array(length),
});

/**
 * Squared distances along the first axis to the nearest pixel that is background (or foreground), plane by plane
 * so that memory is read in order.
 *
 * @param inner pixels of a plane across the axis.
 */
export function scanFirst(
  data: ArrayLike<number>,
  ofBackground: boolean,
  length: number,
  inner: number,
  size: number,
): Float32Array {
  const out = new Float32Array(length * inner);
  const far = Number.POSITIVE_INFINITY;
  if (ofBackground) {
    for (let i = 0; i < inner; i++) out[i] = data[i] === 0 ? 0 : far;
    for (let i = inner; i < out.length; i++) out[i] = data[i] === 0 ? 0 : out[i - inner]! + 1;
  } else {
    for (let i = 0; i < inner; i++) out[i] = data[i] === 0 ? far : 0;
    for (let i = inner; i < out.length; i++) out[i] = data[i] === 0 ? out[i - inner]! + 1 : 0;
  }
  const size2 = size * size;
  for (let plane = out.length - inner; plane > 0; plane -= inner)
    for (let i = plane - inner; i < plane; i++) {
      const below = out[i + inner]!;
      if (below + 1 < out[i]!) out[i] = below + 1;
      out[i + inner] = below * below * size2;
    }
  for (let i = 0; i < inner; i++) out[i] = out[i]! * out[i]! * size2;
  return out;
}

/**
 * Turns squared distances measured along the axes before into those that include this axis, in place:
 * out[i] = min over j of in[j] + (size·(i - j))².
 */
export function squaredAlong(values: Float32Array, line: Line): void {
  const { length, stride, size, outer, outerStride, inner, root = false } = line;
  const envelope = envelopeOf(length);
  const size2 = size * size;
  if (stride === 1) {
    for (let first = 0; first < values.length; first += length)
      lower(values, first, length, size2, root, envelope);
    return;
  }
  const columns = new Float32Array(block * length);
  for (let o = 0; o < outer; o++) {
    for (let from = 0; from < inner; from += block) {
      const count = Math.min(block, inner - from);
      const base = o * outerStride + from;
      for (let i = 0, at = base; i < length; i++, at += stride)
        for (let c = 0, to = i; c < count; c++, to += length) columns[to] = values[at + c]!;
      for (let c = 0; c < count; c++) lower(columns, c * length, length, size2, root, envelope);
      for (let i = 0, at = base; i < length; i++, at += stride)
        for (let c = 0, to = i; c < count; c++, to += length) values[at + c] = columns[to]!;
    }
  }
}

/**
 * Lower envelope of the parabolas over one line of heights, in place. A height of 0 is where a line falls
 * apart: nothing left of it matters to its right.
 */
function lower(
  values: Float32Array,
  first: number,
  length: number,
  size2: number,
  root: boolean,
  envelope: Envelope,
): void {
  const { places, keys, starts } = envelope;
  const scale = 1 / size2;
  let top = -1;
  let filled = 0;
  let zero = -2;
  // The topmost parabola, at hand.
  let place = -1;
  let key = 0;
  let from = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < length; i++) {
    const value = values[first + i]!;
    if (value === Number.POSITIVE_INFINITY) continue;
    const sum = value * scale + i * i;
    if (value === 0 && zero === i - 1) {
      filled = i; // in a run of zeros: only the last of them matters
    } else {
      let start = Number.NEGATIVE_INFINITY;
      while (top >= 0) {
        start = (sum - key) / (2 * (i - place));
        if (start > from) break;
        top--;
        if (top < 0) break;
        place = places[top]!;
        key = keys[top]!;
        from = starts[top]!;
      }
      if (value === 0) {
        // All that the parabolas so far can still win lies left of here.
        fill(values, first, filled, i, top, envelope, start, size2, root);
        filled = i;
        top = 0;
      } else top++;
      from = top === 0 ? Number.NEGATIVE_INFINITY : start;
    }
    if (value === 0) zero = i;
    place = i;
    key = sum;
    places[top] = place;
    keys[top] = key;
    starts[top] = from;
  }
  if (top >= 0) fill(values, first, filled, length, top, envelope, length, size2, root);
}

/** Writes the envelope over `[from, to)`; from `last` on, the lowest is a parabola of height 0 at `to`. */
function fill(
  values: Float32Array,
  first: number,
  from: number,
  to: number,
  top: number,
  { places, keys, starts }: Envelope,
  last: number,
  size2: number,
  root: boolean,
): void {
  let x = from;
  for (let k = 0; k <= top; k++) {
    const place = places[k]!;
    const height = keys[k]! - place * place;
    const bound = k < top ? starts[k + 1]! : last;
    const end = bound < to ? Math.ceil(bound) : to;
    if (root)
      for (; x < end; x++) values[first + x] = Math.sqrt((height + (x - place) * (x - place)) * size2);
    else for (; x < end; x++) values[first + x] = (height + (x - place) * (x - place)) * size2;
  }
  for (; x < to; x++) {
    const squared = (to - x) * (to - x) * size2;
    values[first + x] = root ? Math.sqrt(squared) : squared;
  }
}

/**
 * Like `squaredAlong`, and carries along the position of the pixel that each distance is measured to: of equally near
 * ones the first along the axis, told by the distances themselves, since where two parabolas meet is rounded.
 */
export function nearestAlong(values: Float64Array, nearest: Int32Array, line: Line): void {
  const { length, stride, size, outer, outerStride, inner } = line;
  const { places, keys, starts } = envelopeOf(length);
  const heights = new Float64Array(length);
  const sources = new Int32Array(length);
  const size2 = size * size;
  const squared = (k: number, x: number) => heights[k]! + (x - places[k]!) * (x - places[k]!) * size2;
  for (let o = 0; o < outer; o++)
    for (let column = 0; column < inner; column++) {
      const base = o * outerStride + column;
      let top = -1;
      for (let i = 0; i < length; i++) {
        const height = values[base + i * stride]!;
        if (height === Number.POSITIVE_INFINITY) continue;
        const sum = height / size2 + i * i;
        let start = Number.NEGATIVE_INFINITY;
        while (top >= 0) {
          start = (sum - keys[top]!) / (2 * (i - places[top]!));
          if (start > starts[top]!) break;
          top--;
        }
        top++;
        places[top] = i;
        keys[top] = sum;
        heights[top] = height;
        starts[top] = top === 0 ? Number.NEGATIVE_INFINITY : start;
        sources[top] = nearest[base + i * stride]!;
      }
      if (top < 0) continue;
      let k = 0;
      for (let x = 0; x < length; x++) {
        let least = squared(k, x);
        while (k < top) {
          const next = squared(k + 1, x);
          if (least <= next) break;
          least = next;
          k++;
        }
        values[base + x * stride] = least;
        nearest[base + x * stride] = sources[k]!;
      }
    }
}
