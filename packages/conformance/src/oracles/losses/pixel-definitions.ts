import { binaryCrossEntropy, crossEntropy, focal, type LossFn, lovasz, topK } from '@segscape/losses';
import {
  cast,
  clipByValue,
  expandDims,
  log,
  mean,
  mul,
  oneHot,
  reshape,
  softmax,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { type LossDefinition, type LossParams, type LossShape, options } from './adapter.js';

/** MONAI's focal loss: the softmax form is averaged over classes too, and sums are of means over space. */
export function monaiFocal(p: LossParams, { classes, oneHot: isOneHot }: LossShape) {
  const softmaxed = p.activation === 'softmax' && classes > 1;
  const includeBackground = p.includeBackground !== false;
  const counted = includeBackground || classes === 1 ? classes : classes - 1;
  const common = options({
    gamma: p.gamma,
    alpha: softmaxed && !includeBackground ? null : p.alpha,
    classWeights:
      typeof p.classWeights === 'number' ? new Array(counted).fill(p.classWeights) : p.classWeights,
    activation: p.activation,
    includeBackground: p.includeBackground,
  });
  if (p.reduction === 'mean') {
    const loss = focal(common);
    return softmaxed ? (labels: Tensor, x: Tensor) => mul(loss(labels, x), 1 / counted) : loss;
  }
  const each = focal({ ...common, reduction: 'none' });
  const perClass = (labels: Tensor, x: Tensor): Tensor => {
    const map = each(labels, x);
    if (!softmaxed) return reshape(map, [...x.shape.slice(0, -1), counted]);
    const target = isOneHot ? labels : cast(oneHot(cast(labels, 'int32') as never, classes), 'float32');
    return mul(expandDims(map, -1), target);
  };
  if (p.reduction === 'none') return perClass;
  return (labels: Tensor, x: Tensor) => {
    const values = perClass(labels, x);
    const space = values.shape.map((_, axis) => axis).slice(1, -1);
    return sum(mean(values, space));
  };
}

/** smp divides the weighted mean over classes by the sum of their weights. */
const normalized = (weights: readonly number[]) => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (weight * weights.length) / total);
};

const smpFocal: LossDefinition = (p) =>
  focal(
    options({
      gamma: p.gamma,
      alpha: p.alpha,
      classWeights: Array.isArray(p.classWeights) ? normalized(p.classWeights as number[]) : null,
      ignoreIndex: p.ignoreIndex,
      normalized: p.normalized,
      reducedThreshold: p.reducedThreshold,
      reduction: p.reduction,
      activation: 'sigmoid',
    }),
  );

/** Definitions of losses that are sums over pixels. */
export const pixelLosses: Readonly<Record<string, LossDefinition>> = {
  'torch.cross_entropy': (p) =>
    crossEntropy(
      options({
        classWeights: p.classWeights,
        labelSmoothing: p.labelSmoothing,
        ignoreIndex: p.ignoreIndex,
        reduction: p.reduction,
      }),
    ),
  'smp.SoftCrossEntropyLoss': (p) =>
    crossEntropy(
      options({
        labelSmoothing: p.smoothFactor,
        ignoreIndex: p.ignoreIndex,
        ignoredInMean: true,
        reduction: p.reduction,
      }),
    ),
  'nnunet.TopKLoss': (p) => topK(options({ k: p.k, ignoreIndex: p.ignoreIndex, ignoredInMean: true })),
  'torch.bce_with_logits': (p) =>
    binaryCrossEntropy(options({ posWeight: p.posWeight, reduction: p.reduction })),
  'smp.SoftBCEWithLogitsLoss': (p) =>
    binaryCrossEntropy(
      options({
        labelSmoothing: p.smoothFactor,
        posWeight: p.posWeight,
        ignoreIndex: p.ignoreIndex,
        ignoredInMean: true,
        reduction: p.reduction,
      }),
    ),
  'smp.softmax_focal_loss_with_logits': (p) =>
    focal(
      options({
        gamma: p.gamma,
        alpha: p.alpha,
        ignoreIndex: p.ignoreIndex,
        normalized: p.normalized,
        reducedThreshold: p.reducedThreshold,
        reduction: p.reduction,
      }),
    ),
  'seed.FocalLoss': (p) =>
    focal(
      options({
        gamma: p.gamma,
        alpha: typeof p.alpha === 'number' ? [p.alpha, 1 - p.alpha] : p.alpha,
        gradient: p.gradient === 'full' ? 'full' : 'detached',
        reduction: p.reduction,
      }),
    ),
  'monai.FocalLoss': monaiFocal,
  'smp.FocalLoss': smpFocal,
  'ufl.focal_loss': (p) => {
    const loss = focal(options({ gamma: p.gammaF, alpha: p.alpha }));
    // Yeung's code clips probabilities; their logarithms are logits that give them back.
    return (labels: Tensor, x: Tensor) => loss(labels, log(clipByValue(softmax(x), 1e-7, 1 - 1e-7)));
  },
  'lovasz.lovasz_softmax': (p) =>
    lovasz(options({ classes: p.classes, perImage: p.perImage, ignoreIndex: p.ignoreIndex })),
  'lovasz.lovasz_hinge': (p): LossFn =>
    lovasz(options({ perImage: p.perImage, ignoreIndex: p.ignoreIndex, activation: 'hinge' })),
};
