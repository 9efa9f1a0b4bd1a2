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
export { centerCrop, type PadOptions, pad, type RandomCropOptions, randomCrop } from './cropping.js';
export {
  type ElasticGridOptions,
  type ElasticOptions,
  elastic,
  elasticGrid,
  type ResampleOptions,
  warpSample,
} from './elastic.js';
export {
  type ControlGrid,
  type ElasticGridFieldOptions,
  elasticField,
  elasticGridField,
  gridField,
  type SimardOptions,
  simardField,
} from './elastic-field.js';
export { type DisplacementField, fieldFrom } from './field.js';
export { type GaussianOptions, gaussianFilter } from './gaussian.js';
export {
  affine,
  type FlipOptions,
  flip,
  type RandomAffineOptions,
  type ResizeOptions,
  resize,
  rotate,
  rotate90,
  scale,
  translate,
} from './geometric.js';
export { type GridLinesOptions, gridLines, withGridLines } from './grid-lines.js';
export {
  brightness,
  contrast,
  gamma,
  gaussianBlur,
  gaussianNoise,
  type NormalizeOptions,
  normalize,
  uniformNoise,
} from './intensity.js';
export { cropRaster, type Margins, padRaster } from './padded.js';
export { splineCoefficients } from './spline-coefficients.js';
export type { Range, Transform } from './transform.js';
export { type WarpOptions, warp } from './warp.js';
