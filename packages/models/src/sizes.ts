import { SegscapeError } from '@segscape/core';
import type { Size } from './model.js';
import type { Padding } from './options.js';

/** What decides which sizes fit: how often the maps are halved, and what the convolutions cut off. */
export interface Geometry {
  readonly name: string;
  readonly depth: number;
  readonly padding: Padding;
}

/** Rows lost by the two unpadded 3×3 convolutions of a block. */
const cut = 4;

/**
 * Length of the logits along one axis, or undefined when the images are too small. With `'valid'` padding an
 * odd map loses its last row in pooling.
 */
function outputLength(length: number, { depth, padding }: Geometry): number | undefined {
  if (padding === 'same') return length;
  let n = length;
  for (let level = 0; level < depth; level++) {
    n -= cut;
    if (n < 1) return undefined;
    if (level < depth - 1) n = Math.floor(n / 2);
  }
  for (let level = 1; level < depth; level++) {
    n = 2 * n - cut;
    if (n < 1) return undefined;
  }
  return n;
}

/** Smallest length whose poolings all see even maps and whose logits are at least `length` long. */
function inputLengthFor(length: number, { depth, padding }: Geometry): number {
  const step = 2 ** (depth - 1);
  if (padding === 'same') return Math.max(1, Math.ceil(length / step)) * step;
  let n = Math.max(1, length);
  for (let level = 1; level < depth; level++) n = Math.ceil((n + cut) / 2);
  n += cut;
  for (let level = 1; level < depth; level++) n = 2 * n + cut;
  return n;
}

const show = (size: readonly number[]) => size.join('×');

/** Size of the logits, or `SHAPE_MISMATCH` with the nearest sizes that fit. */
function outputSizeOf<S extends Size>(size: S, geometry: Geometry): S {
  const { name, depth, padding } = geometry;
  const step = 2 ** (depth - 1);
  const fits = (length: number) =>
    Number.isInteger(length) && length > 0 && (padding === 'valid' || length % step === 0);
  const out = size.map((length) => (fits(length) ? outputLength(length, geometry) : undefined));
  if (out.every((length) => length !== undefined)) return out as unknown as S;
  const smallest = inputLengthFor(1, geometry);
  const larger = size.map((length) => Math.max(smallest, Math.ceil(length / step) * step));
  const smaller = size.map((length) => Math.max(smallest, Math.floor(length / step) * step));
  const advice =
    padding === 'valid'
      ? `give at least ${show(size.map(() => smallest))}`
      : `pad to ${show(larger)}${show(larger) === show(smaller) ? '' : ` or crop to ${show(smaller)}`}`;
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `${name}: images of ${show(size)} do not fit ${padding} padding and depth ${depth}` +
      `${padding === 'same' ? ` (a multiple of ${step} is needed)` : ''}; ${advice}.`,
    { details: { size: [...size], smaller, larger } },
  );
}

/** Which sizes of images fit a network, and how large its logits are then. */
export interface Sizes {
  output<S extends Size>(size: S): S;
  /** Smallest size of images that fits and whose logits are at least as large. */
  input<S extends Size>(size: S): S;
}

/** Sizes of U-Nets. */
export const unetSizes = (geometry: Geometry): Sizes => ({
  output: (size) => outputSizeOf(size, geometry),
  input: (size) => eachAxis(size, (length) => inputLengthFor(length, geometry)),
});

const eachAxis = <S extends Size>(size: S, of: (length: number) => number): S => size.map(of) as unknown as S;

/** Sizes that keep, and must be multiples of a number of each axis' own. */
export function alignedSizes(name: string, multiples: readonly number[]): Sizes {
  const up = (n: number, axis: number) => Math.max(1, Math.ceil(n / multiples[axis]!)) * multiples[axis]!;
  return {
    output(size) {
      if (size.length === multiples.length && size.every((n, axis) => n === up(n, axis))) return size;
      const larger = size.map(up);
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `${name}: images of ${show(size)} do not fit; multiples of ${show(multiples)} are needed: pad to ${show(larger)}.`,
        { details: { size: [...size], multiples: [...multiples], larger } },
      );
    },
    input: (size) => size.map(up) as unknown as typeof size,
  };
}

/**
 * Sizes that are multiples of one number.
 * @param length of the logits along one axis, from the length of the images; it must not fall where that grows.
 * @param name of the network, for messages.
 * @param multiple what each axis must be a multiple of, pixels.
 * @returns which sizes of images fit, and what comes out.
 */
export function sizesOf(name: string, multiple: number, length: (input: number) => number): Sizes {
  const up = (n: number) => Math.max(1, Math.ceil(n / multiple)) * multiple;
  return {
    output(size) {
      const fits = size.every((n) => n === up(n) && length(n) > 0);
      if (fits) return eachAxis(size, length);
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `${name}: images of ${show(size)} do not fit; each side must be a multiple of ${multiple} that leaves some logits.`,
        { details: { size: [...size], multiple } },
      );
    },
    input: (size) =>
      eachAxis(size, (wanted) => {
        let n = up(wanted);
        while (length(n) < wanted) n += multiple;
        return n;
      }),
  };
}
