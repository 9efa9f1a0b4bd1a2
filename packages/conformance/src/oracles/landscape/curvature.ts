import { hessianEigenvalues, hessianVectorProduct, sharpness } from '@segscape/landscape';
import { dispose } from '@tensorflow/tfjs-core';
import type { Adapter } from '../adapter.js';
import { crossEntropy } from './network.js';
import { isPair, nested, type Weights, withDirections, withSetting } from './setting.js';

export const product: Adapter = (oracle, context) =>
  withSetting(oracle, context, ({ params, batch, jit }) =>
    withDirections([oracle.inputs.v!], async ([vector]) => {
      const result = await hessianVectorProduct(
        { loss: crossEntropy, params, batches: [batch], jit },
        vector!,
      );
      const value = await nested(result);
      dispose(result);
      return { value };
    }),
  );

export const hessian: Adapter = (oracle, context) =>
  withSetting(oracle, context, async ({ params, batch, jit }) => {
    const problem = { loss: crossEntropy, params, batches: [batch], jit };
    const weightsOnly = {
      ...problem,
      isTrainable: (name: string) => isPair(name, oracle.inputs.weights as Weights),
    };
    const eigenvaluesAll = await hessianEigenvalues(problem);
    const some = await hessianEigenvalues(weightsOnly);
    const { loss, gradientNorm } = await sharpness(problem);
    const total = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
    // The peers' iterative estimates are in the oracle for orientation: what they estimate is compared here.
    const byMagnitude = [...eigenvaluesAll].sort((a, b) => Math.abs(b) - Math.abs(a));
    return {
      value: {
        loss,
        gradNorm: gradientNorm,
        eigenvaluesAll,
        trace: total(eigenvaluesAll),
        frobenius2: total(eigenvaluesAll.map((value) => value ** 2)),
        eigenvaluesWeightsOnlyMaxMin: [some[0]!, some.at(-1)!],
        traceWeightsOnly: total(some),
        pyHessianTop3: byMagnitude.slice(0, 3),
        minMaxHessianEigs: [some[0]!, some.at(-1)!],
      },
    };
  });
