import { assertOption, SegscapeError, sizeOf } from '@segscape/core';

type Numbers = Float32Array | Float64Array;

/**
 * Where each pixel of the result is taken from: `output(y, x) = input(y + dy, x + dx)`, in pixels, row-major. With
 * `depth` and `dz` the field of a volume: `output(z, y, x) = input(z + dz, y + dy, x + dx)`; a field without them moves
 * every slice of a volume alike.
 */
export interface DisplacementField {
  /** Number of slices of a field of a volume; absent for a plane. */
  readonly depth?: number;
  readonly height: number;
  readonly width: number;
  readonly dz?: Numbers;
  readonly dy: Numbers;
  readonly dx: Numbers;
}

/** A field that moves from slice to slice, too. */
export interface VolumeField extends DisplacementField {
  readonly depth: number;
  readonly dz: Numbers;
}

/** Checks a field's sizes; false for a field of a plane. */
export function assertField(where: string, field: DisplacementField): field is VolumeField {
  const parts = [field?.dy, field?.dx, ...(field?.dz === undefined ? [] : [field.dz])];
  const hasParts = parts.every((part) => ArrayBuffer.isView(part));
  assertOption(hasParts, where, 'field', field && Object.keys(field), 'have dy and dx as typed arrays');
  const { depth, height, width, dz, dy, dx } = field;
  const sizes = [...(depth === undefined ? [] : [depth]), height, width];
  const count = sizeOf(sizes);
  const wrong = (said: string) =>
    new SegscapeError('SHAPE_MISMATCH', `${where}: a field of [${sizes.join(', ')}] ${said}`, {
      details: { sizes },
    });
  if (!sizes.every((size) => Number.isInteger(size) && size > 0)) throw wrong('must have positive sizes.');
  if ((depth === undefined) !== (dz === undefined))
    throw wrong(
      depth === undefined
        ? 'has dz but no depth; give both for a volume.'
        : 'has a depth but no dz; give both for a volume.',
    );
  if (dy.length !== count || dx.length !== count)
    throw wrong(`needs ${count} values each of dy and dx, got ${dy.length} and ${dx.length}.`);
  if (dz !== undefined && dz.length !== count) throw wrong(`needs ${count} values of dz, got ${dz.length}.`);
  return depth !== undefined;
}

/**
 * A field from a function that gives `[dy, dx]` at `(y, x)`.
 * @param height pixels.
 * @param width pixels.
 * @param at displacements in pixels.
 * @returns displacements in pixels, float32, in the order of rows.
 */
export function fieldFrom(
  height: number,
  width: number,
  at: (y: number, x: number) => readonly [number, number],
): DisplacementField {
  assertOption(typeof at === 'function', 'fieldFrom', 'at', at, 'be a function that gives [dy, dx]');
  const dy = new Float32Array(height * width);
  const dx = new Float32Array(height * width);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) [dy[i], dx[i]] = at(y, x) as [number, number];
  return { height, width, dy, dx };
}

/**
 * A field of a volume from a function that gives `[dz, dy, dx]` at `(z, y, x)`.
 * @param depth slices.
 * @param height pixels.
 * @param width pixels.
 * @param at displacements in pixels.
 * @returns displacements in pixels, float32, in the order of rows.
 */
export function volumeFieldFrom(
  depth: number,
  height: number,
  width: number,
  at: (z: number, y: number, x: number) => readonly [number, number, number],
): VolumeField {
  assertOption(
    typeof at === 'function',
    'volumeFieldFrom',
    'at',
    at,
    'be a function that gives [dz, dy, dx]',
  );
  const count = depth * height * width;
  const [dz, dy, dx] = [new Float32Array(count), new Float32Array(count), new Float32Array(count)];
  for (let z = 0, i = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++, i++) [dz[i], dy[i], dx[i]] = at(z, y, x) as [number, number, number];
  return { depth, height, width, dz, dy, dx };
}
