import { SegscapeError } from '@segscape/core';
import { assertOptions, either, list, number, options as optionsOf, positive } from '@segscape/core/schema';
import { assertValue } from './assert-value.js';
import { assertField, type DisplacementField, fieldFrom } from './field.js';
import * as shared from './shared-options.js';

export interface AffineOptions {
  /** Turns the picture counter-clockwise, degrees. Default 0. */
  readonly degrees?: number;
  /** Enlarges it by this factor, or by `[y, x]` factors. Default 1. */
  readonly scale?: number | readonly [number, number];
  /** Moves it by `[down, right]`, pixels. Default 0. */
  readonly translate?: readonly [number, number];
  /** Slants it: columns move down by `shear[0]`, rows right by `shear[1]`, in degrees. Default 0. */
  readonly shear?: readonly [number, number];
}

const pair = { minItems: 2, maxItems: 2 } as const;
const factor = { type: 'number', ...positive } as const;
const angle = { type: 'number', exclusiveMinimum: -90, exclusiveMaximum: 90, unit: 'degrees' } as const;

export const affineFieldSchema = optionsOf<AffineOptions>({
  degrees: number('Turn counter-clockwise.', { default: 0, unit: 'degrees' }),
  scale: either(
    'Factor of enlargement, or [y, x] factors.',
    [factor, { type: 'array', items: factor, ...pair }],
    {
      default: 1,
    },
  ),
  translate: list(
    'Shift [down, right], pixels.',
    { type: 'number', unit: 'pixels' },
    { default: [0, 0], ...pair },
  ),
  shear: list('Slant: columns down by the first, rows right by the second, degrees.', angle, {
    default: [0, 0],
    ...pair,
  }),
});

/** The 2×2 matrix, row-major, that takes offsets from the centre in the picture to those in the result. */
function matrixOf({
  degrees = 0,
  scale = 1,
  shear = [0, 0],
}: AffineOptions): [number, number, number, number] {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [sy, sx] = typeof scale === 'number' ? [scale, scale] : scale;
  const [ty, tx] = shear.map((part) => Math.tan((part * Math.PI) / 180)) as [number, number];
  // Scale, then shear, then rotation; rows point down, so counter-clockwise is [[cos, -sin], [sin, cos]] on (y, x).
  const [a, b, c, d] = [sy, ty * sx, tx * sy, sx];
  return [cos * a - sin * c, cos * b - sin * d, sin * a + cos * c, sin * b + cos * d];
}

/**
 * The field that turns, scales, slants and moves a picture about its centre; each slice of a volume alike.
 * @param height pixels.
 * @param width pixels.
 * @param options their defaults stand with their types.
 * @returns displacements in pixels, float32, in the order of rows.
 * @throws {SegscapeError} `BAD_OPTION`: also for two slants that flatten the picture (45° each).
 */
export function affineField(height: number, width: number, options: AffineOptions): DisplacementField {
  const where = 'affineField';
  assertValue(where, 'height', height, shared.height);
  assertValue(where, 'width', width, shared.width);
  assertOptions(where, options, affineFieldSchema);
  const [a, b, c, d] = matrixOf(options);
  const determinant = a * d - b * c;
  if (Math.abs(determinant) < 1e-9)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: shear (=[${options.shear?.join(',')}]) flattens the picture to a line; slant less.`,
      { details: { option: 'shear', value: options.shear } },
    );
  const [down, right] = options.translate ?? [0, 0];
  const [my, mx] = [(height - 1) / 2, (width - 1) / 2];
  return fieldFrom(height, width, (y, x) => {
    const [v, u] = [y - my - down, x - mx - right];
    return [(d * v - b * u) / determinant + my - y, (a * u - c * v) / determinant + mx - x];
  });
}

/**
 * A deformation and an affine map in one resampling: the displacements of `field` are added, unturned, to those of the
 * affine map, as elasticdeform does. Of a volume's field, those in the plane.
 * @param field displacements in pixels, `dy` and `dx` (and `dz`) in the order of rows.
 * @param options their defaults stand with their types.
 * @returns displacements in pixels, float32, in the order of rows.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`.
 */
export function withAffine(field: DisplacementField, options: AffineOptions): DisplacementField {
  assertField('withAffine', field);
  const { height, width } = field;
  const affine = affineField(height, width, options);
  const added = (own: DisplacementField['dy'], plane: DisplacementField['dy']) =>
    Float32Array.from(own, (value, i) => plane[i % plane.length]! + value);
  return { ...field, dy: added(field.dy, affine.dy), dx: added(field.dx, affine.dx) };
}
