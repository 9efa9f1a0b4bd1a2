import {
  hessianTrace,
  hessianVectorProduct,
  sharpness,
  spectralDensity,
  topEigenvalues,
} from '@segscape/landscape';
import { dispose } from '@tensorflow/tfjs-core';
import { type HostCase, many, type Outcome, one, type TensorCase, type Tensors } from '../case.js';
import { valueAndGradient } from '../derivatives.js';
import { paramsOf, trainableInputs } from '../models/inputs.js';
import { inputs, loss, model, objective, setting } from './problem.js';

const gradient: TensorCase = {
  name: 'landscape/objective and its gradient',
  inputs,
  compute: (given) => {
    const batch = { images: given.images!, labels: given.labels! };
    const slopes = valueAndGradient((all: Tensors) => loss(paramsOf(all), batch), trainableInputs(model));
    return { ...objective(paramsOf(given), batch), ...slopes(given) };
  },
};

const product: HostCase = {
  name: 'landscape/hessianVectorProduct',
  inputs,
  async measure(given, { jit }) {
    const { params, directions, batches } = setting(given);
    const result = await hessianVectorProduct({ loss, params, batches, jit }, directions[0]);
    const outcomes: Record<string, Outcome> = {};
    for (const [name, value] of Object.entries(result))
      outcomes[name] = { shape: value.shape, data: await value.data() };
    dispose(result);
    return outcomes;
  },
};

const ascent: HostCase = {
  name: 'landscape/sharpness',
  inputs,
  async measure(given, { jit }) {
    const { params, batches } = setting(given);
    const found = await sharpness({ loss, params, batches, jit }, { rho: 0.2, steps: 2 });
    return {
      sharpness: one(found.sharpness),
      loss: one(found.loss),
      'gradient norm': one(found.gradientNorm),
    };
  },
};

const spectrum: HostCase = {
  name: 'landscape/topEigenvalues and hessianTrace',
  inputs,
  async measure(given, { jit }) {
    const { params, batches } = setting(given);
    const problem = { loss, params, batches, jit };
    const { values, vectors } = await topEigenvalues(problem, { count: 2, iterations: 12, seed: 3 });
    for (const vector of vectors) dispose(vector);
    const { trace } = await hessianTrace(problem, { probes: 2, seed: 3 });
    return { eigenvalues: many(values), trace: one(trace) };
  },
};

const density: HostCase = {
  name: 'landscape/spectralDensity',
  inputs,
  async measure(given, { jit }) {
    const { params, batches } = setting(given);
    // Few steps: later Ritz values are sensitive to the last digit.
    const found = await spectralDensity(
      { loss, params, batches, jit },
      { steps: 4, points: 16, width: 0.1, seed: 3 },
    );
    return { places: many(found.x), density: many(found.density) };
  },
};

/** Gradients and curvature of a network's loss. */
export const curvatureCases = [gradient, product, ascent, spectrum, density];
