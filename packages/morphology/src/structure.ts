import { assertOption } from '@segscape/core';
import type { Space } from './space.js';

/** A structuring element drawn as nested arrays, `[height][width]` or `[depth][height][width]`: any value but 0 belongs to it. */
export type Structure =
  | readonly (readonly (number | boolean)[])[]
  | readonly (readonly (readonly (number | boolean)[])[])[];

/** Steps from a pixel to the pixels of an element put there, `[dz, dy, dx]`. */
export type Offset = readonly [number, number, number];

type Cell = number | boolean | readonly Cell[];

/** Sizes of nested arrays; undefined when their rows differ. */
function sizesOf(cell: Cell): number[] | undefined {
  if (!Array.isArray(cell)) return [];
  const inner = cell.map(sizesOf);
  const [first] = inner;
  if (first === undefined || inner.some((sizes) => sizes === undefined || sizes.join() !== first.join()))
    return undefined;
  return [cell.length, ...first];
}

/**
 * Where the pixels of an element lie, seen from its centre: the middle, for an even size the one after it, moved by
 * `origin`.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function offsetsOf(
  where: string,
  { axes }: Space,
  structure: Structure,
  origin: readonly number[] = new Array<number>(axes).fill(0),
): readonly Offset[] {
  const sizes = sizesOf(structure as Cell);
  const form = axes === 2 ? '[height][width]' : '[depth][height][width]';
  const must = `be nested arrays ${form} with rows of one length`;
  assertOption(sizes?.length === axes, where, 'element', structure, must);
  const centre = sizes.map((size, axis) => Math.floor(size / 2) + (origin[axis] ?? Number.NaN));
  assertOption(
    origin.length === axes &&
      centre.every((at, axis) => Number.isInteger(at) && at >= 0 && at < sizes[axis]!),
    where,
    'origin',
    origin,
    `be ${axes} whole numbers that move the centre of an element of ${sizes.join('×')} to one of its pixels`,
  );
  const offsets: Offset[] = [];
  const visit = (cell: Cell, place: readonly number[]) => {
    if (Array.isArray(cell)) {
      cell.forEach((inner: Cell, at) => {
        visit(inner, [...place, at]);
      });
      return;
    }
    if (!cell) return;
    const [dx = 0, dy = 0, dz = 0] = place.map((at, axis) => at - centre[axis]!).reverse();
    offsets.push([dz, dy, dx]);
  };
  visit(structure as Cell, []);
  assertOption(offsets.length > 0, where, 'element', structure, 'have a pixel that is not 0');
  return offsets;
}

/** What is found at the offsets of each pixel: 1 where one of them is `value`, else 0; beyond the border lies `outside`. */
export function anyAt(
  data: Uint8Array,
  { depth, height, width }: Space,
  offsets: readonly Offset[],
  value: number,
  outside: number,
): Uint8Array {
  const found = new Uint8Array(data.length);
  let at = 0;
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++, at++)
        for (const [dz, dy, dx] of offsets) {
          const [nz, ny, nx] = [z + dz, y + dy, x + dx];
          const isInside = nz >= 0 && ny >= 0 && nx >= 0 && nz < depth && ny < height && nx < width;
          const there = isInside ? data[(nz * height + ny) * width + nx] : outside;
          if (there !== value) continue;
          found[at] = 1;
          break;
        }
  return found;
}
