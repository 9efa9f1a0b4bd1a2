import { random } from '@segscape/core';
import type { LossFn } from '@segscape/losses';
import * as losses from '@segscape/losses';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';

/** Every loss, with options that use its branches. */
export const everyLoss: Readonly<Record<string, LossFn>> = {
  crossEntropy: losses.crossEntropy(),
  'crossEntropy weighted and smoothed': losses.crossEntropy({
    classWeights: [0.5, 1, 3],
    labelSmoothing: 0.1,
  }),
  binaryCrossEntropy: losses.binaryCrossEntropy(),
  'binaryCrossEntropy weighted': losses.binaryCrossEntropy({ posWeight: [1, 2, 0.5], labelSmoothing: 0.05 }),
  focal: losses.focal(),
  'focal gamma 0.5': losses.focal({ gamma: 0.5, alpha: 0.7 }),
  'focal reduced and normalized': losses.focal({ reducedThreshold: 0.4, normalized: true }),
  'focal sigmoid': losses.focal({ activation: 'sigmoid', alpha: 0.25, gamma: 1.5 }),
  poly: losses.poly({ epsilon: 2 }),
  'focal per class': losses.focal({ each: 'class', alpha: [1, 2, 3] }),
  topK: losses.topK({ k: 40 }),
  dice: losses.dice(),
  'dice squared over the batch': losses.dice({ squared: true, batch: true, includeBackground: false }),
  'dice log': losses.dice({ logLoss: true, classWeights: [1, 2, 3], meanOver: 'weights' }),
  jaccard: losses.jaccard({ absentClasses: 'zero' }),
  logCoshDice: losses.logCoshDice(),
  tversky: losses.tversky({ alpha: 0.3, beta: 0.7 }),
  focalTversky: losses.focalTversky(),
  generalizedDice: losses.generalizedDice(),
  generalizedWassersteinDice: losses.generalizedWassersteinDice({
    distances: [
      [0, 1, 2],
      [1, 0, 0.5],
      [2, 0.5, 0],
    ],
  }),
  'generalizedWassersteinDice by area': losses.generalizedWassersteinDice({ weighting: 'area', batch: true }),
  lovasz: losses.lovasz(),
  'lovasz per image': losses.lovasz({ perImage: true, classes: 'all' }),
  blobDice: losses.blobDice({ classes: [2, 1] }),
  boundary: losses.boundary({ classes: [0, 1, 2] }),
  boundaryDou: losses.boundaryDou(),
  hausdorff: losses.hausdorff({ alpha: 1 }),
  clDice: losses.clDice({ iterations: 1 }),
  skeletonRecall: losses.skeletonRecall({ classes: [1, 2], tube: 1 }),
  mcc: losses.mcc(),
  'unifiedFocal symmetric': losses.unifiedFocal({ form: 'symmetric' }),
  unifiedFocal: losses.unifiedFocal(),
  symmetricFocal: losses.symmetricFocal(),
  asymmetricFocal: losses.asymmetricFocal(),
  symmetricFocalTversky: losses.symmetricFocalTversky(),
  asymmetricFocalTversky: losses.asymmetricFocalTversky(),
  weightedSum: losses.weightedSum([
    [losses.dice(), 1],
    [losses.crossEntropy(), 0.5],
  ]),
  'pixelWeighted by region': losses.pixelWeighted(losses.focal(), losses.regionSizeWeights()),
  pixelWeighted: losses.pixelWeighted(losses.crossEntropy(), losses.unetWeightMap()),
};

/** Random logits `[…shape, classes]`, of normal deviates times `scale`. */
export function randomLogits(shape: readonly number[], seed: number, scale = 1.5): Tensor {
  const rng = random(seed);
  const size = shape.reduce((product, n) => product * n, 1);
  return tensor(
    Float32Array.from({ length: size }, () => rng.normal() * scale),
    [...shape],
  );
}

/** Random class indices. */
export function randomLabels(shape: readonly number[], classes: number, seed: number): Tensor {
  const rng = random(seed);
  const size = shape.reduce((product, n) => product * n, 1);
  return tensor(
    Int32Array.from({ length: size }, () => rng.integer(0, classes)),
    [...shape],
    'int32',
  );
}
