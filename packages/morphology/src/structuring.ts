import { assertOption, type Raster } from '@segscape/core';
import { distanceTransform } from './distance-transform.js';
import { type Space, spaceOf, toBinary, withData } from './space.js';

export interface StructuringOptions {
  /** Reach of the element, in pixels. Default 1. */
  readonly radius?: number;
  /**
   * Element: a cross (repeated `radius` times: a diamond), a box of side `2·radius + 1`, or the ball of all pixels
   * within `radius`. Default `'cross'`.
   */
  readonly element?: 'cross' | 'box' | 'ball';
}

interface Padded {
  readonly data: Uint8Array;
  readonly space: Space;
}

function checked(where: string, { radius = 1, element = 'cross' }: StructuringOptions) {
  const whole = element === 'ball' || Number.isInteger(radius);
  assertOption(radius >= 0 && whole, where, 'radius', radius, 'be a whole number of pixels, at least 0');
  assertOption(
    ['cross', 'box', 'ball'].includes(element),
    where,
    'element',
    element,
    "be 'cross', 'box' or 'ball'",
  );
  return { radius, element };
}

/** The mask as 0 and 1 with a margin of background; the plane goes on as background beyond it. */
function pad(binary: Uint8Array, space: Space, margin: number): Padded {
  const deep = space.axes === 3 ? margin : 0;
  const depth = space.depth + 2 * deep;
  const height = space.height + 2 * margin;
  const width = space.width + 2 * margin;
  const data = new Uint8Array(depth * height * width);
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
  for (let i = 0; i < data.length; i++) if (distances.data[i]! <= radius) data[i] = value;
}

type Binary = Raster & { readonly data: Uint8Array };

function apply(where: string, mask: Raster, options: StructuringOptions, values: readonly number[]): Binary {
  const space = spaceOf(where, mask);
  const { radius, element } = checked(where, options);
  const margin = Math.ceil(radius) + 1;
  const padded = pad(toBinary(mask), space, margin);
  for (const value of values) grow(padded, radius, element, value);
  return withData(mask, crop(padded, space, margin));
}

/**
 * Binary dilation: 1 where the element, put there, touches the mask.
 * @returns uint8 raster of 0 and 1.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`.
 */
export const dilate = (mask: Raster, options: StructuringOptions = {}): Binary =>
  apply('dilate', mask, options, [1]);

/** Binary erosion: 1 where the element, put there, lies in the mask; beyond the border there is background. */
export const erode = (mask: Raster, options: StructuringOptions = {}): Binary =>
  apply('erode', mask, options, [0]);

/** Erosion, then dilation: takes away what the element does not fit into. */
export const open = (mask: Raster, options: StructuringOptions = {}): Binary =>
  apply('open', mask, options, [0, 1]);

/** Dilation, then erosion: closes gaps narrower than the element. The plane goes on beyond the border, so nothing is lost there. */
export const close = (mask: Raster, options: StructuringOptions = {}): Binary =>
  apply('close', mask, options, [1, 0]);
