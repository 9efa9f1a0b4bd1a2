import {
  activationMaximisation,
  byClass,
  cka,
  curvatureTrace,
  fisherProduct,
  gaussNewtonProduct,
  gradientCosines,
  gradientDirection,
  gradientShares,
  layerTraces,
} from '@segscape/landscape';
import { crossEntropy, dice } from '@segscape/losses';
import { dispose, reshape, type Scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type HostCase, many, type Outcome, one, type Tensors } from '../case.js';
import { type Images, inputs, loss, model, setting } from './problem.js';

const logits = (params: Tensors, { images }: Images): Tensor => model.apply(params, images);
const losses = {
  crossEntropy: (z: Tensor, { labels }: Images) => crossEntropy()(labels, z) as Scalar,
  dice: (z: Tensor, { labels }: Images) => dice()(labels, z) as Scalar,
};

/** The values of a record, each under its name after a word; the tensors are disposed. */
async function read(word: string, record: Tensors): Promise<Record<string, Outcome>> {
  const outcomes: Record<string, Outcome> = {};
  for (const [name, value] of Object.entries(record))
    outcomes[`${word} ${name}`] = { shape: value.shape, data: await value.data() };
  dispose(record);
  return outcomes;
}

const products: HostCase = {
  name: 'landscape/curvatureProduct, gaussNewtonProduct and fisherProduct',
  inputs,
  async measure(given, { jit }) {
    const { params, directions, batches } = setting(given);
    const problem = { logits, lossOfLogits: losses.crossEntropy, params, batches, jit };
    return {
      ...(await read('Gauss–Newton', await gaussNewtonProduct(problem, directions[0]))),
      ...(await read('Fisher', await fisherProduct(problem, directions[0]))),
    };
  },
};

const traces: HostCase = {
  name: 'landscape/curvatureTrace and layerTraces',
  inputs,
  async measure(given, { jit }) {
    const { params, batches } = setting(given);
    const problem = { logits, lossOfLogits: losses.crossEntropy, params, batches, jit };
    const { trace } = await curvatureTrace(problem, { matrix: 'gaussNewton', probes: 6, seed: 3 });
    const layers = await layerTraces(problem, { matrix: 'gaussNewton', probes: 3, seed: 3 });
    return { trace: one(trace), layers: many(layers.map((layer) => layer.trace)) };
  },
};

const downhill: HostCase = {
  name: 'landscape/gradientDirection',
  inputs,
  async measure(given, { jit }) {
    const { params, batches } = setting(given);
    const { direction, gradientNorm } = await gradientDirection({ loss, params, batches, jit });
    return { ...(await read('down', direction)), length: one(gradientNorm) };
  },
};

const forensics: HostCase = {
  name: 'landscape/gradientCosines and gradientShares byClass',
  inputs,
  async measure(given, { jit }) {
    const { params, batches } = setting(given);
    const problem = { params, batches, logits, losses, jit };
    const { cosines, lengths } = await gradientCosines(problem);
    const groupings = { class: byClass(['background', 'object'], ({ labels }: Images) => labels) };
    const shares = await gradientShares(problem, { groupings });
    return {
      cosine: one(cosines[0]![1]!),
      lengths: many(Object.values(lengths)),
      shares: many(Object.values(shares).flatMap((by) => by.class!.map(({ share }) => share))),
    };
  },
};

const similarity: HostCase = {
  name: 'landscape/cka between images and logits, row by row',
  inputs,
  async measure(given) {
    const { params, batches } = setting(given);
    const { images } = batches[0];
    // Two images alone would be similar whatever they show.
    const [pixels, features] = tidy(() =>
      [images, model.apply(params, images)].map((all) => reshape(all, [16, -1])),
    );
    const { values } = await cka({ pixels: pixels! }, { features: features! });
    dispose([pixels!, features!]);
    return { similarity: many(values[0]!) };
  },
};

const exciting: HostCase = {
  name: 'landscape/activationMaximisation, three steps',
  inputs,
  async measure(given, { jit }) {
    const { params, batches } = setting(given);
    const size = batches[0].images.shape.slice(1);
    const [found] = await activationMaximisation({
      activations: (weights, images) => model.apply(weights, images),
      params,
      filters: [1],
      size,
      steps: 3,
      seed: 5,
      jit,
    });
    return { image: { shape: size, data: found!.image }, after: one(found!.after) };
  },
};

/** Curvature by other matrices than the Hessian, where a gradient comes from, and what excites a filter. */
export const matrixCases = [products, traces, downhill, forensics, similarity, exciting];
