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
export { type AffineOptions, affineField, affineFieldSchema, withAffine } from './affine-field.js';
export { type BorderMode, borderModes } from './boundary.js';
export { compose, oneOf, sometimes } from './combine.js';
export {
  centerCrop,
  centerCropSchema,
  type RandomCropOptions,
  randomCrop,
  randomCropSchema,
} from './cropping.js';
export { type Draw, describeDraw, replayDraw } from './draw.js';
export {
  type ElasticGridOptions,
  type ElasticOptions,
  elastic,
  elasticGrid,
  elasticGridSchema,
  elasticSchema,
  type ResampleOptions,
  resampleSchema,
  warpSample,
} from './elastic.js';
export {
  type ElasticFieldOptions,
  elasticField,
  elasticFieldSchema,
  type SimardOptions,
  simardField,
  simardSchema,
} from './elastic-field.js';
export type { Extent } from './extent.js';
export { type DisplacementField, fieldFrom, type VolumeField, volumeFieldFrom } from './field.js';
export { type FlipOptions, flip, flipSchema, rotate90, rotate90Schema } from './flips.js';
export { type GaussianOptions, gaussianFilter, gaussianFilterSchema, type PerAxis } from './gaussian.js';
export {
  affine,
  affineSchema,
  type RandomAffineOptions,
  rotate,
  rotateSchema,
  scale,
  scaleSchema,
  translate,
  translateSchema,
} from './geometric.js';
export {
  type ControlGrid,
  type ElasticGridFieldOptions,
  elasticGridField,
  elasticGridFieldSchema,
  gridField,
} from './grid-field.js';
export { type GridLinesOptions, gridLines, gridLinesSchema, withGridLines } from './grid-lines.js';
export {
  type GaussianBlurOptions,
  gaussianBlur,
  gaussianBlurSchema,
  gaussianNoise,
  gaussianNoiseSchema,
  uniformNoise,
  uniformNoiseSchema,
} from './intensity.js';
export type { Border, Drawn, Move, Places } from './move.js';
export { type NormalizeOptions, normalize, normalizeSchema } from './normalize.js';
export {
  type Axes,
  cropRaster,
  type Margins,
  type PadRasterOptions,
  padRaster,
  padRasterSchema,
} from './padded.js';
export { type PadOptions, pad, padSchema } from './padding.js';
export { type ResizeOptions, resize, resizeSchema } from './resize.js';
export { spatial } from './spatial.js';
export { splineCoefficients } from './spline-coefficients.js';
export type { Order } from './spline-weights.js';
export {
  type BrightnessOptions,
  brightness,
  brightnessSchema,
  type ContrastOptions,
  contrast,
  contrastSchema,
  type GammaOptions,
  gamma,
  gammaSchema,
} from './tone.js';
export type { Described, DescribedTransform, Range, SpatialTransform, Transform } from './transform.js';
export { type WarpOptions, warp, warpSchema } from './warp.js';
