import { assertOption, type Raster } from '@segscape/core';
import { distanceTransform } from './distance-transform.js';
import { assertKnown, type Known } from './known-options.js';
import { type Space, spaceOf, toBinary, withData } from './space.js';
import { anyAt, type Offset, offsetsOf, type Structure } from './structure.js';

export interface StructuringOptions {
  /** Reach of the element, in pixels; for an element drawn as arrays, how often it is applied. Default 1. */
  readonly radius?: number;
  /**
   * Element: a cross (repeated `radius` times: a diamond), a box of side `2·radius + 1`, the ball of all pixels within
   * `radius`, or nested arrays of its own pixels. Default `'cross'`.
   */
  readonly element?: 'cross' | 'box' | 'ball' | Structure;
  /**
   * How far the centre of an element drawn as arrays lies from its middle, `[y, x]` or `[z, y, x]` (scipy's `origin`).
   * Default 0 along each axis.
   */
  readonly origin?: readonly number[];
  /**
   * What lies beyond the border, for each step alone. Default 0, as in scipy; for `close` the plane goes on beyond the
   * border while it is closed, so that nothing is lost there (scipy's is `borderValue: 0`).
   */
  readonly borderValue?: 0 | 1;
}

const known: Known<StructuringOptions> = { radius: 0, element: 0, origin: 0, borderValue: 0 };

interface Padded {
  readonly data: Uint8Array;
  readonly space: Space;
}

function checked(where: string, space: Space, options: StructuringOptions) {
  const { radius = 1, element = 'cross', origin, borderValue } = options;
  const whole = element === 'ball' || Number.isInteger(radius);
  const fits = radius >= 0 && Number.isFinite(radius) && whole;
  assertOption(fits, where, 'radius', radius, 'be a whole number of pixels, at least 0');
  const isWord = typeof element === 'string';
  assertOption(
    isWord ? ['cross', 'box', 'ball'].includes(element) : Array.isArray(element),
    where,
    'element',
    element,
    "be 'cross', 'box', 'ball' or nested arrays",
  );
  const isValue = borderValue === undefined || borderValue === 0 || borderValue === 1;
  assertOption(isValue, where, 'borderValue', borderValue, 'be 0 or 1');
  assertOption(
    origin === undefined || !isWord,
    where,
    'origin',
    origin,
    'go with an element drawn as arrays; a cross, a box and a ball have their centre in the middle',
  );
  const offsets = isWord ? undefined : offsetsOf(where, space, element, origin);
  return { radius, element: isWord ? element : 'cross', offsets, borderValue };
}

/** The mask as 0 and 1 with a margin of what lies beyond the border. */
function pad(binary: Uint8Array, space: Space, margin: number, outside: number): Padded {
  const deep = space.axes === 3 ? margin : 0;
  const depth = space.depth + 2 * deep;
  const height = space.height + 2 * margin;
  const width = space.width + 2 * margin;
  const data = new Uint8Array(depth * height * width).fill(outside);
  for (let z = 0; z < space.depth; z++)
    for (let y = 0; y < space.height; y++) {
      const from = (z * space.height + y) * space.width;
      data.set(
        binary.subarray(from, from + space.width),
        ((z + deep) * height + y + margin) * width + margin,
      );
    }
  return { data, space: { ...space, depth, height, width } };
}

function crop({ data, space }: Padded, to: Space, margin: number): Uint8Array {
  const deep = to.axes === 3 ? margin : 0;
  const out = new Uint8Array(to.depth * to.height * to.width);
  for (let z = 0; z < to.depth; z++)
    for (let y = 0; y < to.height; y++) {
      const from = ((z + deep) * space.height + y + margin) * space.width + margin;
      out.set(data.subarray(from, from + to.width), (z * to.height + y) * to.width);
    }
  return out;
}

/** Grows the pixels equal to `value` by one step of a cross, in place. */
function growCross(data: Uint8Array, { depth, height, width, axes }: Space, value: number): void {
  const source = data.slice();
  const plane = height * width;
  let at = 0;
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++, at++) {
        if (source[at] === value) continue;
        if (
          (x > 0 && source[at - 1] === value) ||
          (x < width - 1 && source[at + 1] === value) ||
          (y > 0 && source[at - width] === value) ||
          (y < height - 1 && source[at + width] === value) ||
          (axes === 3 &&
            ((z > 0 && source[at - plane] === value) || (z < depth - 1 && source[at + plane] === value)))
        )
          data[at] = value;
      }
}

/** Grows the pixels equal to `value` by `radius` along one axis, in place. */
function growAlong(data: Uint8Array, length: number, stride: number, radius: number, value: number): void {
  const line = new Uint8Array(length);
  const span = length * stride;
  for (let block = 0; block < data.length; block += span)
    for (let column = 0; column < stride; column++) {
      const start = block + column;
      let last = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < length; i++) {
        if (data[start + i * stride] === value) last = i;
        line[i] = i - last <= radius ? 1 : 0;
      }
      last = Number.POSITIVE_INFINITY;
      for (let i = length - 1; i >= 0; i--) {
        if (data[start + i * stride] === value) last = i;
        if (line[i] === 1 || last - i <= radius) data[start + i * stride] = value;
      }
    }
}

/** Grows the pixels equal to `value` (0: erosion, 1: dilation), in place. */
function grow({ data, space }: Padded, radius: number, element: string, value: number): void {
  if (element === 'cross') {
    for (let round = 0; round < radius; round++) growCross(data, space, value);
    return;
  }
  const { depth, height, width, axes } = space;
  if (element === 'box') {
    growAlong(data, width, 1, radius, value);
    growAlong(data, height, width, radius, value);
    if (axes === 3) growAlong(data, depth, width * height, radius, value);
    return;
  }
  const others = data.map((pixel) => (pixel === value ? 0 : 1));
  const distances = distanceTransform({
    data: others,
    height,
    width,
    channels: 1,
    ...(axes === 3 && { depth }),
  });
  const reach = longestWithin(radius);
  for (let i = 0; i < data.length; i++) if (distances.data[i]! <= reach) data[i] = value;
}

/** The longest distance of pixels within a radius, in single precision as they are: √5 is above √5 there, and would lie outside. */
function longestWithin(radius: number): number {
  const near = Math.floor(radius * radius);
  const square = [near + 1, near, near - 1].find((n) => Math.sqrt(n) <= radius);
  return Math.fround(Math.sqrt(square ?? 0));
}

type Binary = Raster & { readonly data: Uint8Array };

/** An element drawn as arrays: erosion looks where its pixels lie, dilation where they would come from. */
function growDrawn(
  binary: Uint8Array,
  space: Space,
  offsets: readonly Offset[],
  rounds: number,
  value: number,
  outside: number,
): Uint8Array {
  const seen = value === 0 ? offsets : offsets.map(([dz, dy, dx]): Offset => [-dz, -dy, -dx]);
  let data = binary;
  for (let round = 0; round < rounds; round++) {
    data = anyAt(data, space, seen, value, outside);
    if (value === 0) data = data.map((found) => 1 - found);
  }
  return data;
}

function apply(where: string, mask: Raster, options: StructuringOptions, values: readonly number[]): Binary {
  assertKnown(where, options, known);
  const space = spaceOf(where, mask);
  const { radius, element, offsets, borderValue } = checked(where, space, options);
  const [first] = values;
  // One plane for both steps of a closing, unless what lies beyond the border is given for each.
  const joined = borderValue === undefined && first === 1 && values.length > 1;
  const outside = borderValue ?? 0;
  const furthest = (most: number, at: number) => Math.max(most, Math.abs(at));
  const margin = (offsets ? offsets.flat().reduce(furthest, 0) * radius : Math.ceil(radius)) + 1;
  const step = (plane: Padded, value: number): Padded => {
    if (offsets === undefined) grow(plane, radius, element, value);
    const data = offsets ? growDrawn(plane.data, plane.space, offsets, radius, value, outside) : plane.data;
    return { data, space: plane.space };
  };
  let binary = toBinary(mask);
  if (joined) {
    const padded = pad(binary, space, margin, 0);
    return withData(mask, crop(values.reduce(step, padded), space, margin));
  }
  // A drawn element sees the border anew in each round: what a margin would gain in one is not there in the next.
  for (const value of values)
    binary = offsets
      ? growDrawn(binary, space, offsets, radius, value, outside)
      : crop(step(pad(binary, space, margin, outside), value), space, margin);
  return withData(mask, binary);
}

/**
 * Binary dilation: 1 where the element, put there, touches the mask.
 * @param mask a raster of one channel, a plane or a volume; every value but 0 is an object.
 * @param options the element, how often, and what lies beyond the border.
 * @returns uint8 raster of 0 and 1.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`; `MASK_VALUE_UNKNOWN` for NaN.
 */
export const dilate = (mask: Raster, options: StructuringOptions = {}): Binary =>
  apply('dilate', mask, options, [1]);

/**
 * Binary erosion: 1 where the element, put there, lies in the mask. Arguments, result and errors as `dilate`.
 * @param mask a raster of one channel, a plane or a volume; every value but 0 is an object.
 * @param options the element, how often, and what lies beyond the border.
 * @returns uint8 raster of 0 and 1.
 */
export const erode = (mask: Raster, options: StructuringOptions = {}): Binary =>
  apply('erode', mask, options, [0]);

/**
 * Erosion, then dilation: takes away what the element does not fit into. Arguments, result and errors as `dilate`.
 * @param mask a raster of one channel, a plane or a volume; every value but 0 is an object.
 * @param options the element, how often, and what lies beyond the border.
 * @returns uint8 raster of 0 and 1.
 */
export const open = (mask: Raster, options: StructuringOptions = {}): Binary =>
  apply('open', mask, options, [0, 1]);

/**
 * Dilation, then erosion: closes gaps narrower than the element. The plane goes on beyond the border, so nothing is lost
 * there, unless `borderValue` is given. Arguments, result and errors as `dilate`.
 *
 * @param mask a raster of one channel, a plane or a volume; every value but 0 is an object.
 * @param options the element, how often, and what lies beyond the border.
 * @returns uint8 raster of 0 and 1.
 */
export const close = (mask: Raster, options: StructuringOptions = {}): Binary =>
  apply('close', mask, options, [1, 0]);
