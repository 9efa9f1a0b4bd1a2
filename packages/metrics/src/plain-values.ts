import { assertRaster, type Raster, SegscapeError, sizeOf } from '@segscape/core';

/** Values in host memory, row-major, with their shape. */
export interface Grid {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
  /** Size of a pixel, `[y, x]` or `[z, y, x]`, where it is known. */
  readonly spacing?: readonly number[];
  /** Whether the last axis is space and no class is on it: a raster of one channel. */
  readonly spatial?: boolean;
}

/** Plain values with their shape; true is 1. */
export interface GridLike extends Omit<Grid, 'data' | 'spatial'> {
  readonly data: ArrayLike<number> | ArrayLike<boolean>;
}

/** Numbers or booleans in rows of rows, all of one length; typed arrays may be rows. */
export type Nested = readonly (number | boolean | Nested | NumberArray)[];

type NumberArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

const refuse = (where: string, got: string, advice: string): SegscapeError =>
  new SegscapeError(
    'SHAPE_MISMATCH',
    `${where}: expected a tensor, a raster, { data, shape } or nested arrays of numbers, got ${got}. ${advice}`,
    { details: { got } },
  );

const isNumberArray = (value: unknown): value is NumberArray =>
  ArrayBuffer.isView(value) &&
  !(value instanceof DataView) &&
  !(value instanceof BigInt64Array || value instanceof BigUint64Array);

const show = (value: unknown) =>
  typeof value === 'string' ? `'${value}'` : typeof value === 'bigint' ? `${value}n` : String(value);

/** Numbers as they are, booleans as 0 and 1. */
function toNumbers(where: string, values: ArrayLike<unknown>): ArrayLike<number> {
  if (isNumberArray(values)) return values;
  return Float64Array.from({ length: values.length }, (_, i) => {
    const value = values[i];
    if (typeof value === 'number') return value;
    if (typeof value === 'boolean') return Number(value);
    throw refuse(where, `${show(value)} among the values`, 'Give numbers or booleans.');
  });
}

/** Sizes of nested arrays, by the first of each; `collect` then finds rows that differ. */
function sizesOf(value: unknown): number[] {
  if (isNumberArray(value)) return [value.length];
  if (!Array.isArray(value)) return [];
  return [value.length, ...sizesOf(value[0])];
}

function collect(where: string, value: unknown, shape: readonly number[], into: unknown[]): void {
  const [size, ...inner] = shape;
  const isRow = Array.isArray(value) || isNumberArray(value);
  if (size === undefined && !isRow) {
    into.push(value);
    return;
  }
  if (size === undefined || !isRow || value.length !== size)
    throw refuse(
      where,
      isRow ? `rows of ${size ?? 'no'} and ${value.length} values` : `${show(value)} among rows`,
      'Make all rows of one length.',
    );
  for (const entry of value) collect(where, entry, inner, into);
}

function nestedGrid(where: string, values: Nested): Grid {
  const shape = sizesOf(values);
  if (shape.includes(0)) throw refuse(where, 'an empty array', 'Give at least one value.');
  const flat: unknown[] = [];
  collect(where, values, shape, flat);
  return { data: toNumbers(where, flat), shape };
}

function rasterGrid(where: string, raster: Raster): Grid {
  assertRaster(where, raster);
  const { data, depth, height, width, channels, spacing } = raster;
  const space = depth === undefined ? [1, height, width] : [1, depth, height, width];
  const spaced = spacing && { spacing };
  if (channels > 1) return { data, shape: [...space, channels], ...spaced };
  return { data, shape: space, spatial: true, ...spaced };
}

/**
 * Plain values of any of the forms that say their shape.
 * @throws {SegscapeError} `SHAPE_MISMATCH`.
 */
export function plainGrid(where: string, values: unknown): Grid {
  if (Array.isArray(values)) return nestedGrid(where, values as Nested);
  if (ArrayBuffer.isView(values))
    throw refuse(
      where,
      `a typed array of ${(values as Uint8Array).length} values`,
      'Give its sizes too: { data, shape }.',
    );
  if (typeof values !== 'object' || values === null)
    throw refuse(where, show(values), 'Masks and scores have a shape.');
  const given = values as Partial<GridLike & Raster>;
  const hasValues = isNumberArray(given.data) || Array.isArray(given.data);
  if (hasValues && given.shape !== undefined) {
    const { data, shape, spacing } = given as GridLike;
    const isShape = Array.from(shape).every((size) => Number.isInteger(size) && size >= 0);
    const size = sizeOf(shape);
    if (!isShape || size !== data.length)
      throw refuse(
        where,
        `${data.length} values of shape [${Array.from(shape).join(', ')}]`,
        'The sizes multiply to the number of values.',
      );
    return { data: toNumbers(where, data), shape, ...(spacing && { spacing }) };
  }
  if (hasValues && given.height !== undefined && given.width !== undefined && given.channels !== undefined)
    return rasterGrid(where, values as Raster);
  throw refuse(
    where,
    `an object of ${Object.keys(values).join(', ') || 'nothing'}`,
    'A raster has data, height, width and channels; plain values have data and shape.',
  );
}
