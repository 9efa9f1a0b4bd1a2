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
export type { Activation } from './activation.js';
export { type BinaryCrossEntropyOptions, binaryCrossEntropy } from './binary-cross-entropy.js';
export { type BlobDiceOptions, blobDice } from './blob-dice.js';
export { type BoundaryOptions, boundary } from './boundary.js';
export { type BoundaryDouOptions, boundaryDou } from './boundary-dou.js';
export { type ClDiceOptions, clDice } from './cl-dice.js';
export { asymmetricFocal, type ClassFocalOptions, symmetricFocal } from './class-focal.js';
export {
  asymmetricFocalTversky,
  type ClassFocalTverskyOptions,
  symmetricFocalTversky,
} from './class-focal-tversky.js';
export { type CrossEntropyOptions, crossEntropy } from './cross-entropy.js';
export { dice } from './dice.js';
export { type FocalOptions, focal } from './focal.js';
export { type FocalTverskyOptions, focalTversky } from './focal-tversky.js';
export { type GeneralizedDiceOptions, generalizedDice } from './generalized-dice.js';
export {
  type GeneralizedWassersteinDiceOptions,
  generalizedWassersteinDice,
} from './generalized-wasserstein-dice.js';
export { type HausdorffOptions, hausdorff } from './hausdorff.js';
export { jaccard } from './jaccard.js';
export { logCoshDice } from './log-cosh-dice.js';
export type { LossFn, PreparedLabels, Reduction } from './loss.js';
export { type LossConfig, lossFromConfig } from './loss-from-config.js';
export { type LossCurve, type LossProfile, type LossProfileOptions, lossProfile } from './loss-profile.js';
export { lossSchemas } from './loss-schemas.js';
export { type LovaszOptions, lovasz } from './lovasz.js';
export { type MccOptions, mcc } from './mcc.js';
export { pixelWeighted } from './pixel-weighted.js';
export { type PolyOptions, poly } from './poly.js';
export type { PixelOptions } from './reduce.js';
export type { RegionOptions } from './region.js';
export { type RegionSizeWeightsOptions, regionSizeWeights } from './region-size-weights.js';
export type { JsonSchema } from './schema.js';
export { type SkeletonRecallOptions, skeletonRecall } from './skeleton-recall.js';
export { type TopKOptions, topK } from './top-k.js';
export { type TverskyOptions, tversky } from './tversky.js';
export { type UnetWeightMapOptions, unetWeightMap } from './unet-weight-map.js';
export { type UnifiedFocalOptions, unifiedFocal } from './unified-focal.js';
export { weightedSum } from './weighted-sum.js';
