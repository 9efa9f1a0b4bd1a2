import type { Scalar } from '@tensorflow/tfjs-core';
import type { LossFn } from '../loss.js';

/**
 * Whether a loss gives one number, to train by; the compiler then knows it too.
 *
 *     const loss = lossFromConfig(config);
 *     if (isScalarLoss(loss)) variableGrads(() => loss(labels, logits));
 *
 * @param loss any loss.
 * @returns whether its reduction leaves one number.
 */
export const isScalarLoss = (loss: LossFn): loss is LossFn<Scalar> => loss.scalar;
