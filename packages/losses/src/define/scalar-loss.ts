import type { Scalar } from '@tensorflow/tfjs-core';
import type { LossFn } from '../loss.js';

/**
 * Whether a loss gives one number, to train by; the compiler then knows it too.
 *
 *     const loss = lossFromConfig(config);
 *     if (isScalarLoss(loss)) variableGrads(() => loss(labels, logits));
 */
export const isScalarLoss = (loss: LossFn): loss is LossFn<Scalar> => loss.scalar;
