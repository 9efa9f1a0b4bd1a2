import { assertOption, type Raster } from '@segscape/core';
import { assertKnown, type Known } from './known-options.js';
import { type ConnectivityOption, ofNeighbours, stepsOf } from './neighbours.js';
import { spaceOf, toBinary, withData } from './space.js';

export interface Components {
  /** Component of each pixel: 0 in the background, else 1, 2, … in the order of their first pixels. */
  readonly labels: Raster & { readonly data: Int32Array };
  readonly count: number;
  /** Pixels of each component; the first entry is the background's. */
  readonly sizes: Int32Array;
}

/** Root of a set, halving the path on the way. */
function rootOf(parents: Int32Array, at: number): number {
  while (parents[at] !== at) {
    const above = parents[at]!;
    parents[at] = parents[above]!;
    at = parents[at]!;
  }
  return at;
}

/**
 * Connected components: pixels of one value that touch. The background is 0; different values never join.
 *
 *     const { labels, count } = connectedComponents(mask, { connectivity: 2 });
 *
 * @param mask a raster of one channel, a plane or a volume; every value but 0 is an object.
 * @param options neighbours that touch: `connectivity`.
 * @returns int32 labels, 0 in the background and 1, 2, … in the order of rows, with how many there are.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`; `MASK_VALUE_UNKNOWN` for NaN.
 */
export function connectedComponents(mask: Raster, options: ConnectivityOption = {}): Components {
  return labelled('connectedComponents', mask, options);
}

/** The components, for the named function. */
function labelled(where: string, mask: Raster, options: ConnectivityOption): Components {
  assertKnown(where, options, ofNeighbours);
  const { connectivity } = options;
  const space = spaceOf(where, mask);
  const all = stepsOf(where, space, connectivity);
  const earlier = all.slice(0, all.length / 2);
  const { data } = mask;
  const { depth, height, width } = space;
  // One set per pixel; a set's root is its first pixel, so that labels come in raster order.
  const parents = new Int32Array(data.length);
  const offsets = earlier.map(([dz, dy, dx]) => dx + width * (dy + height * dz));
  let at = 0;
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++, at++) {
        const value = data[at];
        if (value === 0) continue;
        let root = at;
        parents[at] = at;
        for (let k = 0; k < offsets.length; k++) {
          const [dz, dy, dx] = earlier[k]!;
          if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height || z + dz < 0) continue;
          const neighbour = at + offsets[k]!;
          if (data[neighbour] !== value) continue;
          const other = rootOf(parents, neighbour);
          if (other < root) {
            parents[root] = other;
            root = other;
          } else if (other > root) parents[other] = root;
        }
      }
  const labels = new Int32Array(data.length);
  const sizes: number[] = [0];
  for (let i = 0; i < labels.length; i++) {
    if (data[i] === 0) {
      sizes[0]!++;
      continue;
    }
    const root = rootOf(parents, i);
    if (root === i) {
      labels[i] = sizes.length;
      sizes.push(1);
    } else {
      const label = labels[root]!;
      labels[i] = label;
      sizes[label]!++;
    }
  }
  return { labels: withData(mask, labels), count: sizes.length - 1, sizes: Int32Array.from(sizes) };
}

/** The mask's own values where `keep` holds for the component, else 0. */
function keepComponents(mask: Raster, { labels }: Components, keep: (label: number) => boolean): Raster {
  const data = mask.data.slice();
  for (let i = 0; i < data.length; i++) if (data[i] !== 0 && !keep(labels.data[i]!)) data[i] = 0;
  return withData(mask, data);
}

export interface RemoveSmallOptions extends ConnectivityOption {
  /** Components of fewer pixels are removed. */
  readonly minSize: number;
}

export const ofSmall: Known<RemoveSmallOptions> = { ...ofNeighbours, minSize: 0 };

/**
 * Without the components that have fewer than `minSize` pixels; the others keep their values.
 * @param mask a raster of one channel, a plane or a volume; every value but 0 is an object.
 * @param options `minSize` in pixels, and neighbours.
 * @returns the same kind of raster.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`; `MASK_VALUE_UNKNOWN` for NaN.
 */
export function removeSmall(mask: Raster, options: RemoveSmallOptions): Raster {
  assertKnown('removeSmall', options, ofSmall);
  const { minSize, ...neighbours } = options;
  const isSize = typeof minSize === 'number' && minSize >= 0;
  assertOption(isSize, 'removeSmall', 'minSize', minSize, 'be at least 0, in pixels');
  const components = labelled('removeSmall', mask, neighbours);
  return keepComponents(mask, components, (label) => components.sizes[label]! >= minSize);
}

/**
 * Only the component with most pixels, the first of equals; an empty mask stays empty.
 * @param mask a raster of one channel, a plane or a volume; every value but 0 is an object.
 * @param options neighbours that touch: `connectivity`.
 * @returns the same kind of raster.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`; `MASK_VALUE_UNKNOWN` for NaN.
 */
export function largestComponent(mask: Raster, options: ConnectivityOption = {}): Raster {
  const components = labelled('largestComponent', mask, options);
  let largest = 1;
  for (let label = 2; label <= components.count; label++)
    if (components.sizes[label]! > components.sizes[largest]!) largest = label;
  return keepComponents(mask, components, (label) => label === largest);
}

/**
 * A binary mask with its holes filled: background that cannot reach the border without crossing foreground.
 * `connectivity` is the background's; the default 1 makes diagonal walls tight, as in scipy.
 *
 * @param mask a raster of one channel, a plane or a volume; every value but 0 is an object.
 * @param options neighbours that touch: `connectivity`.
 * @returns uint8 raster of 0 and 1.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`; `MASK_VALUE_UNKNOWN` for NaN.
 */
export function fillHoles(
  mask: Raster,
  options: ConnectivityOption = {},
): Raster & { readonly data: Uint8Array } {
  const where = 'fillHoles';
  const { depth, height, width, axes } = spaceOf(where, mask);
  const filled = toBinary(mask);
  const inverse = withData(
    mask,
    filled.map((value) => 1 - value),
  );
  const { labels, count } = labelled(where, inverse, options);
  const open = new Uint8Array(count + 1);
  let at = 0;
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++, at++) {
        const atPlane = axes === 3 && (z === 0 || z === depth - 1);
        if (atPlane || y === 0 || y === height - 1 || x === 0 || x === width - 1) open[labels.data[at]!] = 1;
      }
  for (let i = 0; i < filled.length; i++) if (open[labels.data[i]!] === 0) filled[i] = 1;
  return withData(mask, filled);
}
