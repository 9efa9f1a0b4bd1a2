import { SegscapeError } from '@segscape/core';

/**
 * Where each pixel of the result is taken from: `output(y, x) = input(y + dy, x + dx)`, in pixels, row-major.
 */
export interface DisplacementField {
  readonly height: number;
  readonly width: number;
  readonly dy: Float32Array | Float64Array;
  readonly dx: Float32Array | Float64Array;
}

export function assertField(where: string, { height, width, dy, dx }: DisplacementField): void {
  const count = height * width;
  if (dy.length === count && dx.length === count) return;
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `${where}: a field of [${height}, ${width}] needs ${count} values each of dy and dx, got ${dy.length} and ${dx.length}.`,
  );
}

/** A field from a function that gives `[dy, dx]` at `(y, x)`. */
export function fieldFrom(
  height: number,
  width: number,
  at: (y: number, x: number) => readonly [number, number],
): DisplacementField {
  const dy = new Float32Array(height * width);
  const dx = new Float32Array(height * width);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) [dy[i], dx[i]] = at(y, x) as [number, number];
  return { height, width, dy, dx };
}
