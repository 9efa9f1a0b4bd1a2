import {
  asymmetricFocal,
  asymmetricFocalTversky,
  binaryCrossEntropy,
  clDice,
  crossEntropy,
  dice,
  focalTversky,
  generalizedDice,
  jaccard,
  type LossFn,
  mcc,
  symmetricFocal,
  symmetricFocalTversky,
  tversky,
  unifiedFocal,
  weightedSum,
} from '@segscape/losses';
import { add, mul, sub, type Tensor } from '@tensorflow/tfjs-core';
import { Unsupported } from '../adapter.js';
import { type LossDefinition, type LossParams, type LossShape, options } from './adapter.js';
import { monaiFocal } from './pixel-definitions.js';

const numbers = (value: unknown, count: number) =>
  typeof value === 'number' ? new Array<number>(count).fill(value) : value;

const monaiRegion = (p: LossParams, { classes }: LossShape) => {
  const counted = p.includeBackground === false && classes > 1 ? classes - 1 : classes;
  return options({
    activation: p.activation,
    includeBackground: p.includeBackground,
    batch: p.batch,
    squared: p.squaredPred,
    softLabels: p.softLabel,
    smoothNumerator: p.smoothNr,
    smoothDenominator: p.smoothDr,
    // MONAI weighs the Dice of one class alone by nothing.
    classWeights: classes === 1 ? null : numbers(p.classWeights, counted),
    reduction: p.reduction,
  });
};

const monaiDice = (p: LossParams, shape: LossShape) =>
  (p.jaccard === true ? jaccard : dice)(monaiRegion(p, shape));

const monaiGeneralizedDice = (p: LossParams, shape: LossShape) => {
  const { classWeights: _, squared: __, ...region } = monaiRegion(p, shape);
  return generalizedDice({ ...region, ...options({ weightType: p.wType }) });
};

/** Inside MONAI's combined losses the focal part is always of sigmoids. */
const sigmoidFocal = (p: LossParams, shape: LossShape) => monaiFocal({ ...p, activation: 'sigmoid' }, shape);

/** smp adds `smooth` once to numbers half as large as ours. */
const smpRegion = (p: LossParams, smoothFactor: number) =>
  options({
    activation: p.activation,
    classes: p.classes,
    batch: true,
    smooth: Number(p.smooth ?? 0) * smoothFactor,
    ignoreIndex: p.ignoreIndex,
    classWeights: p.classWeights,
    meanOver: 'weights',
    absentClasses: 'zero',
    logLoss: p.logLoss,
  });

const monaiCrossEntropy = (p: LossParams, { classes, oneHot }: LossShape): LossFn => {
  if (classes === 1)
    return binaryCrossEntropy(options({ posWeight: numbers(p.classWeights, 1), reduction: p.reduction }));
  return crossEntropy(
    options({
      classWeights: numbers(p.classWeights, classes),
      labelSmoothing: p.labelSmoothing,
      reduction: p.reduction,
      // With one-hot targets torch divides by the number of pixels.
      meanOver: oneHot ? 'pixels' : 'weights',
    }),
  );
};

/** A weighted sum of functions of labels and scores, which need not be losses of ours. */
const combined =
  (...terms: readonly (readonly [(labels: Tensor, x: Tensor) => Tensor, unknown])[]) =>
  (labels: Tensor, x: Tensor) =>
    terms
      .map(([term, weight]) => mul(term(labels, x), Number(weight ?? 1)))
      .reduce((total, next) => add(total, next));

const nnunetDice = (p: LossParams) =>
  dice(
    options({
      activation: p.activation,
      batch: p.batchDice,
      includeBackground: p.doBg,
      smooth: p.smooth,
      ignoreIndex: p.ignoreIndex,
    }),
  );

/** nnU-Net's Dice is minus the coefficient, one less than ours. */
const minusCoefficient = (loss: LossFn) => (labels: Tensor, x: Tensor) => sub(loss(labels, x), 1);

const yeungTversky = (p: LossParams) => ({
  alpha: 1 - Number(p.delta ?? 0.5),
  beta: Number(p.delta ?? 0.5),
  smooth: Number(p.smooth ?? 1e-6),
  activation: p.activation as 'softmax',
});

const family = (p: LossParams) => options({ delta: p.delta, gamma: p.gamma });

const unified =
  (form: 'symmetric' | 'asymmetric'): LossDefinition =>
  (p) => {
    const loss = unifiedFocal({ ...options({ weight: p.weight, delta: p.delta, gamma: p.gamma }), form });
    // Without a weight the two parts are added.
    return p.weight === null || p.weight === undefined ? weightedSum([[loss, 2]]) : loss;
  };

const refuse =
  (reason: string): LossDefinition =>
  () => {
    throw new Unsupported(reason);
  };

/** Definitions of losses that compare regions, and of their sums with others. */
export const regionLosses: Readonly<Record<string, LossDefinition>> = {
  'monai.DiceLoss': monaiDice,
  'monai.GeneralizedDiceLoss': monaiGeneralizedDice,
  'monai.TverskyLoss': (p, shape) =>
    tversky({ ...monaiRegion(p, shape), ...options({ alpha: p.alpha, beta: p.beta }) }),
  'monai.DiceCELoss': (p, shape) =>
    weightedSum([
      [monaiDice(p, shape), Number(p.lambdaDice ?? 1)],
      [monaiCrossEntropy(p, shape), Number(p.lambdaCe ?? 1)],
    ]),
  'monai.DiceFocalLoss': (p, shape) =>
    combined([monaiDice(p, shape), p.lambdaDice], [sigmoidFocal(p, shape), p.lambdaFocal]),
  'monai.GeneralizedDiceFocalLoss': (p, shape) =>
    combined([monaiGeneralizedDice(p, shape), p.lambdaGdl], [sigmoidFocal(p, shape), p.lambdaFocal]),
  'monai.SoftclDiceLoss': (p) =>
    clDice(options({ iterations: p.iter, smooth: p.smooth, activation: p.activation })),
  'monai.GeneralizedWassersteinDiceLoss': refuse(
    'MONAI 1.x takes the losses of a batch from the wrong samples here; ours takes each from its own',
  ),
  'smp.DiceLoss': (p) => dice(smpRegion(p, 2)),
  'smp.JaccardLoss': (p) => jaccard(smpRegion(p, 2)),
  'smp.TverskyLoss': (p) =>
    focalTversky({
      ...smpRegion(p, 1),
      ...options({ alpha: p.alpha, beta: p.beta, gamma: p.gamma ?? 1 }),
      focusOn: 'mean',
    }),
  'smp.MCCLoss': (p) => mcc(options({ epsilon: p.eps, activation: p.activation })),
  'nnunet.SoftDiceLoss': (p) => minusCoefficient(nnunetDice(p)),
  'nnunet.DC_and_CE_loss': (p) =>
    combined(
      [crossEntropy(options({ ignoreIndex: p.ignoreIndex })), p.weightCe],
      [minusCoefficient(nnunetDice(p)), p.weightDice],
    ),
  'ufl.dice_loss': (p) => tversky(yeungTversky(p)),
  'ufl.tversky_loss': (p) => tversky(yeungTversky(p)),
  'ufl.focal_tversky_loss': (p) => focalTversky({ ...yeungTversky(p), ...options({ gamma: p.gamma }) }),
  'ufl.symmetric_focal_loss': (p) => symmetricFocal(family(p)),
  'ufl.asymmetric_focal_loss': (p) => asymmetricFocal(family(p)),
  'ufl.symmetric_focal_tversky_loss': (p) => symmetricFocalTversky(family(p)),
  'ufl.asymmetric_focal_tversky_loss': (p) => asymmetricFocalTversky(family(p)),
  'ufl.sym_unified_focal_loss': unified('symmetric'),
  'ufl.asym_unified_focal_loss': unified('asymmetric'),
  'ufl.combo_loss': refuse('the combo loss is not offered; weightedSum joins losses'),
};
