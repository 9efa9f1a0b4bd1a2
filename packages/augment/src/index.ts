/**
 * Transforms that move an image and its mask together, from seeded random numbers.
 *
 *     import { compose, elastic, flip, gaussianNoise } from '@segscape/augment';
 *     import { random } from '@segscape/core';
 *
 *     const augment = compose(flip(), elastic({ alpha: 34, sigma: 8 }), gaussianNoise({ sigma: [0, 20] }));
 *     const moved = augment(sample, random(7)); // the same bits for the same seed
 *
 * @module
 */
export { warpAdjoint } from './adjoint.js';
export { type AffineOptions, affineField, withAffine } from './affine-field.js';
export { type BorderMode, borderModes } from './boundary.js';
export { compose, oneOf, sometimes } from './combine.js';
export { centerCrop, type RandomCropOptions, randomCrop } from './cropping.js';
export {
  type ElasticGridOptions,
  type ElasticOptions,
  elastic,
  elasticGrid,
  type ResampleOptions,
  warpSample,
} from './elastic.js';
export {
  type ElasticFieldOptions,
  elasticField,
  type SimardOptions,
  simardField,
} from './elastic-field.js';
export type { Extent } from './extent.js';
export { type DisplacementField, fieldFrom, type VolumeField, volumeFieldFrom } from './field.js';
export { type FlipOptions, flip, rotate90 } from './flips.js';
export { type GaussianOptions, gaussianFilter, type PerAxis } from './gaussian.js';
export { affine, type RandomAffineOptions, rotate, scale, translate } from './geometric.js';
export {
  type ControlGrid,
  type ElasticGridFieldOptions,
  elasticGridField,
  gridField,
} from './grid-field.js';
export { type GridLinesOptions, gridLines, withGridLines } from './grid-lines.js';
export {
  brightness,
  contrast,
  type GaussianBlurOptions,
  gamma,
  gaussianBlur,
  gaussianNoise,
  type NormalizeOptions,
  normalize,
  uniformNoise,
} from './intensity.js';
export type { Border, Move, Places } from './move.js';
export { type Axes, cropRaster, type Margins, padRaster } from './padded.js';
export { type PadOptions, pad } from './padding.js';
export { type ResizeOptions, resize } from './resize.js';
export { spatial } from './spatial.js';
export { splineCoefficients } from './spline-coefficients.js';
export type { Order } from './spline-weights.js';
export type { Range, SpatialTransform, Transform } from './transform.js';
export { type WarpOptions, warp } from './warp.js';
