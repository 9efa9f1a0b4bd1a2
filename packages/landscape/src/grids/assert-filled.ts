import { SegscapeError } from '@segscape/core';

/** Values over all places of one axis, or two: a line, a surface. */
export interface Filled {
  readonly x: Float64Array;
  readonly y?: Float64Array | undefined;
  readonly values: Readonly<Record<string, Float32Array>>;
  readonly eigenvalues?: Readonly<Record<'min' | 'max', Float32Array>> | undefined;
}

/** @throws {SegscapeError} `SHAPE_MISMATCH` for values that do not fill the axes: each would lie at another's place. */
export function assertFilled(where: string, { x, y, values, eigenvalues }: Filled): void {
  const places = y === undefined ? [x.length] : [x.length, y.length];
  const size = places.reduce((product, length) => product * length, 1);
  const maps = Object.entries(eigenvalues ?? {}).map(([which, map]) => [`${which}_eig`, map] as const);
  const odd = [...Object.entries(values), ...maps].find(([, { length }]) => length !== size);
  if (odd === undefined) return;
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `${where}: '${odd[0]}' has ${odd[1].length} values for ${places.join(' × ')} places.`,
    { details: { name: odd[0], expected: places, got: odd[1].length } },
  );
}
