import { assertOption } from '@segscape/core';
import { clipByValue, log, sub, type Tensor } from '@tensorflow/tfjs-core';

/** Probabilities nearer to 0 or 1 than this count as this, as Keras has it; their gradient is 0. */
const least = 1e-7;

/**
 * Logits whose softmax (or sigmoid) these probabilities are: `log p`, up to a constant that no softmax sees, or
 * `log p - log(1 - p)`.
 *
 * @param activation what makes the probabilities; undefined means softmax over several classes and sigmoid for one.
 * @throws {SegscapeError} `BAD_OPTION` for an activation that makes no probabilities.
 */
export function logitsOf(where: string, probabilities: Tensor, activation: string | undefined): Tensor {
  const kind = activation ?? (probabilities.shape.at(-1) === 1 ? 'sigmoid' : 'softmax');
  assertOption(
    kind === 'softmax' || kind === 'sigmoid',
    where,
    'activation',
    activation,
    "be 'softmax', 'sigmoid' or left out beside input: 'probabilities', which it has made",
  );
  const p = clipByValue(probabilities, least, 1 - least);
  return kind === 'softmax' ? log(p) : sub(log(p), log(sub(1, p)));
}
