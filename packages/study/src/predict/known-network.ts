import type { Params, Raster } from '@segscape/core';
import type { Normalize } from '@segscape/data';
import type { Model } from '@segscape/models';
import {
  concat,
  gather,
  log,
  maximum,
  minimum,
  sigmoid,
  sub,
  type Tensor,
  zerosLike,
} from '@tensorflow/tfjs-core';

/** What makes probabilities of a model's output: nothing where they are such. */
export type Activation = 'softmax' | 'sigmoid' | 'none';

/** A network whose weights are at hand, with the way that images take to it and what it gives takes to losses. */
export interface KnownNetwork {
  readonly model: Pick<Model, 'apply' | 'inputSizeFor' | 'isTrainable' | 'outputSize' | 'shapes'>;
  /** Of whoever made the network. */
  readonly params: Params;
  /** How it wants intensities. */
  readonly normalize: Normalize;
  /** The image at the size that the network works on, its contrast evened out where it wants that. */
  readonly sized: (image: Raster) => Raster;
  /** Logits of the classes, one for each, of what the network gives. */
  readonly logits: (output: Tensor) => Tensor;
  /** Whether each class is for itself, by its sigmoid; absent: they exclude each other. */
  readonly overlapping?: true;
}

/**
 * A network whose classes overlap as one that tells a class from all that is not of it: two classes that exclude each other.
 * @param network of a predictor whose classes overlap.
 * @param of the class, counted from 0.
 * @returns the same weights, to be judged against a truth of two classes.
 */
export const ofClass = (network: KnownNetwork, of: number): KnownNetwork => {
  const { overlapping: _, logits, ...rest } = network;
  return {
    ...rest,
    logits: (output) => {
      const all = logits(output);
      const own = gather(all, [of], all.rank - 1);
      return logitsOf(own, 'sigmoid');
    },
  };
};

/** The least probability whose logarithm is taken, since there may be exact zeros. */
const least = 1e-7;

/**
 * Logits whose softmax are the probabilities that a model's output means.
 * @param output `[…, classes]`, or one channel for the second of two classes.
 * @returns `[…, classes]`.
 */
export function logitsOf(output: Tensor, activation: Activation): Tensor {
  if (activation === 'softmax') return output;
  const alone = output.shape.at(-1) === 1;
  // The softmax of (0, z) is (1 − σ(z), σ(z)).
  if (activation === 'sigmoid' && alone) return concat([zerosLike(output), output], -1);
  const given = activation === 'sigmoid' ? sigmoid(output) : output;
  const p = alone ? concat([sub(1, given), given], -1) : given;
  return log(maximum(p, least));
}

/**
 * Logits whose sigmoids are the probabilities that a model's output means, where classes overlap.
 * @param output `[…, classes]`.
 */
export function sigmoidLogitsOf(output: Tensor, activation: Activation): Tensor {
  if (activation !== 'none') return output;
  const p = maximum(minimum(output, 1 - least), least);
  return sub(log(p), log(sub(1, p)));
}
