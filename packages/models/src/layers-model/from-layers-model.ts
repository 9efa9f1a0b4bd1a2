import { type Params, SegscapeError } from '@segscape/core';
import { clone, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Forward, ForwardOptions } from '../model.js';
import { assertParams, namedWeights, withParams } from './substitution.js';

/** A `tf.LayersModel` as a pure function of its weights. */
export interface FunctionalModel {
  /** Shapes of all weights, in the model's order. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /**
   * Where training begins: copies of the model's own weights as they are now, whatever the seed.
   * @returns new tensors; the caller disposes them.
   */
  init(seed?: number): Params;
  /** False for weights that the model does not train: running statistics, frozen layers. */
  isTrainable(name: string): boolean;
  /**
   * Inference with other weights than the model's own, which stay as they are.
   * @param params by the names that `fromLayersModel` gave.
   * @param images as the model takes them: `[batch, …inputShape]`.
   * @returns what the model gives: logits or probabilities, whatever its last layer makes.
   */
  apply(params: Params, images: Tensor): Tensor;
  /** One pass that may train; `updates` are the new running statistics of batch normalisation, by name. */
  forward(params: Params, images: Tensor, options: ForwardOptions): Forward;
}

export interface FromLayersModel {
  readonly model: FunctionalModel;
  /** Copies of the model's weights, in its order; the caller disposes them. */
  readonly params: Params;
}

/**
 * The model that one already has, as a function of its weights: for `fit`, `jit`, loss surfaces, curvature. Layers see the given
 * weights while they compute; the model and its own weights are never changed, and gradients reach the given ones.
 *
 *     const { model, params } = fromLayersModel(await tf.loadLayersModel(url));
 *     const { directions } = randomPlane(params, { seed: 1, isTrainable: model.isTrainable });
 *
 * Weights go back by `layersModel.setWeights(Object.values(params))`. Layers that draw random numbers in training (dropout) draw
 * TensorFlow.js's own, which no seed reaches: under `jit` they are refused, and run eagerly under `'auto'`.
 *
 * @param layersModel with one input and one output; built. It may be compiled (then see `layersObjective`) or not.
 * @returns the function and copies of the weights, in the model's order; the caller disposes them.
 * @throws {SegscapeError} `BAD_OPTION` for a model of several inputs or outputs, or whose weights do not exist yet; its
 *   functions: `SHAPE_MISMATCH` for parameters that are missing or of another shape.
 */
export function fromLayersModel(layersModel: LayersModel): FromLayersModel {
  const where = 'fromLayersModel';
  const { inputs, outputs, name } = asBuilt(where, layersModel);
  if (inputs.length !== 1 || outputs.length !== 1)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: expected a model of one input and one output, got '${name}' with ${inputs.length} and ${outputs.length}. Take the part of it that segments: tf.model({ inputs, outputs }).`,
      { details: { option: 'layersModel', value: name } },
    );
  const weights = namedWeights(layersModel);
  const trainable = new Set(layersModel.trainableWeights.map((weight) => weight.name));
  const run = (params: Params, images: Tensor, training: boolean) => {
    assertParams(name, weights, params);
    // A clone keeps a result that is the input itself apart from the caller's tensor.
    return withParams(weights, params, () => clone(layersModel.apply(images, { training }) as Tensor));
  };
  const copies = () => Object.fromEntries([...weights].map(([key, weight]) => [key, clone(weight.read())]));
  return {
    model: {
      init: copies,
      shapes: Object.fromEntries([...weights].map(([key, { shape }]) => [key, shape as number[]])),
      isTrainable: (key) => trainable.has(key),
      apply(params, images) {
        return run(params, images, false).result;
      },
      forward(params, images, { training }) {
        const { result, updates } = run(params, images, training);
        return { logits: result, updates };
      },
    },
    params: copies(),
  };
}

/**
 * The model with its weights: a sequential one makes them when it is built, which it can be as soon as it knows its input.
 * @throws {SegscapeError} `BAD_OPTION` for a model that does not.
 */
export function asBuilt(where: string, model: LayersModel): LayersModel {
  const shape = model.inputs?.[0]?.shape;
  if (shape === undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: the model '${model.name}' has no weights yet. Give its first layer an inputShape, or call model.build([null, height, width, channels]).`,
      { details: { option: 'layersModel', value: model.name } },
    );
  if (!model.built) model.build(shape);
  return model;
}
