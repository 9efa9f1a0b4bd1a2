/**
 * Segmentation losses for TensorFlow.js.
 *
 *     import { focal } from '@segscape/losses';
 *
 *     const loss = focal({ gamma: 2, ignoreIndex: 255 });
 *     loss(labels, logits);     // a scalar
 *     loss.map(labels, logits); // the loss of each pixel
 *
 * @module
 */
export type { JsonSchema } from '@segscape/core/schema';
export { type BoundaryOptions, boundary, boundarySchema } from './boundary/boundary.js';
export { type BoundaryDouOptions, boundaryDou, boundaryDouSchema } from './boundary/boundary-dou.js';
export { type HausdorffOptions, hausdorff, hausdorffSchema } from './boundary/hausdorff.js';
export {
  type SkeletonRecallOptions,
  skeletonRecall,
  skeletonRecallSchema,
} from './boundary/skeleton-recall.js';
export type { Activation } from './class-planes/activation.js';
export { type LabelPlanes, readLabels } from './class-planes/labels.js';
export { type PixelWeightedOptions, pixelWeighted, pixelWeightedSchema } from './combine/pixel-weighted.js';
export {
  type RegionSizeWeightsOptions,
  regionSizeWeights,
  regionSizeWeightsSchema,
} from './combine/region-size-weights.js';
export { type UnetWeightMapOptions, unetWeightMap, unetWeightMapSchema } from './combine/unet-weight-map.js';
export { type UnifiedFocalOptions, unifiedFocal, unifiedFocalSchema } from './combine/unified-focal.js';
export type { WeightMap } from './combine/weight-map.js';
export { type RampUpOptions, rampUp, rampUpSchema, type WeightSchedule } from './combine/weight-schedule.js';
export {
  type WeightedSumOptions,
  type WeightedTerm,
  weightedSum,
  weightedSumSchema,
} from './combine/weighted-sum.js';
export { type LossFromConfigOptions, lossFromConfig, type OwnLoss } from './config/loss-from-config.js';
export { type LossConfig, type LossKind, lossSchemas } from './config/loss-kinds.js';
export { defineLoss, type LossMaker } from './define/define-loss.js';
export { isScalarLoss } from './define/scalar-loss.js';
export type { InputOptions, PixelOptions } from './define/shared-options.js';
export type { LossBody, LossFn, LossLabels, PreparedLabels, Reduction } from './loss.js';
export { lossProfile } from './loss-profile.js';
export {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropy,
  binaryCrossEntropySchema,
} from './pixel/binary-cross-entropy.js';
export {
  asymmetricFocal,
  type ClassFocalOptions,
  classFocalSchema,
  symmetricFocal,
} from './pixel/class-focal.js';
export { type CrossEntropyOptions, crossEntropy, crossEntropySchema } from './pixel/cross-entropy.js';
export { type FocalOptions, focal, focalSchema } from './pixel/focal.js';
export { type PolyOptions, poly, polySchema } from './pixel/poly.js';
export { type TopKOptions, topK, topKSchema } from './pixel/top-k.js';
export type { LossCurve, LossProfile, LossProfileOptions } from './profile/curves.js';
export { type BlobDiceOptions, blobDice, blobDiceSchema } from './region/blob-dice.js';
export { type ClDiceOptions, clDice, clDiceSchema } from './region/cl-dice.js';
export {
  asymmetricFocalTversky,
  type ClassFocalTverskyOptions,
  classFocalTverskySchema,
  symmetricFocalTversky,
} from './region/class-focal-tversky.js';
export { dice } from './region/dice.js';
export { type FocalTverskyOptions, focalTversky, focalTverskySchema } from './region/focal-tversky.js';
export {
  type GeneralizedDiceOptions,
  generalizedDice,
  generalizedDiceSchema,
} from './region/generalized-dice.js';
export {
  type GeneralizedWassersteinDiceOptions,
  generalizedWassersteinDice,
  generalizedWassersteinDiceSchema,
} from './region/generalized-wasserstein-dice.js';
export { jaccard } from './region/jaccard.js';
export { logCoshDice } from './region/log-cosh-dice.js';
export { type LovaszOptions, lovasz, lovaszSchema } from './region/lovasz.js';
export { type MccOptions, mcc, mccSchema } from './region/mcc.js';
export { type RegionOptions, regionSchema } from './region/region-sums.js';
export { type TverskyOptions, tversky, tverskySchema } from './region/tversky.js';
