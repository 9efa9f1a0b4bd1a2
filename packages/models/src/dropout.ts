import { random, SegscapeError, sizeOf } from '@segscape/core';
import {
  add,
  cast,
  div,
  floor,
  greaterEqual,
  mul,
  range,
  reshape,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { Layer } from './layer.js';

/** A prime small enough that products of two residues are exact in single precision, with room for a sum. */
const prime = 2039;

const modulo = (x: Tensor) => sub(x, mul(floor(div(x, prime)), prime));

/** Four Feistel rounds whose round function is a cubic over the residues; both halves stay in [0, prime). */
function scrambled(left: Tensor, right: Tensor, keys: readonly (Tensor | number)[]): [Tensor, Tensor] {
  let [x, y] = [left, right];
  for (const key of keys) {
    const square = modulo(add(mul(y, y), key));
    const cubic = modulo(add(mul(square, y), key));
    [x, y] = [y, modulo(add(x, cubic))];
  }
  return [x, y];
}

/**
 * One uniform number in [0, 1) for each element of a shape, from a seed that is itself a tensor: small integers
 * in float32 and the commonest operations only, so it is part of a traced graph and agrees between backends.
 */
export function uniformNumbers(shape: readonly number[], seed: Tensor, label: string): Tensor {
  const constant = random(0).fork(label);
  const draw = () => constant.integer(1, prime);
  const value = cast(reshape(seed, []), 'float32');
  const low = modulo(add(value, draw()));
  const high = modulo(add(floor(div(value, prime)), draw()));
  const keys: Tensor[] = [];
  let [a, b] = [low, high];
  for (let round = 0; round < 4; round++) {
    [a, b] = scrambled(a, b, [draw(), draw()]);
    keys.push(modulo(add(a, b)));
  }
  const index = range(0, sizeOf(shape), 1, 'float32');
  const [x, y] = scrambled(modulo(index), modulo(floor(div(index, prime))), keys);
  // Where the graph's division is not exact a residue may be off by one prime; that is only another draw.
  return reshape(div(add(x, div(y, prime)), prime), [...shape]);
}

/**
 * Inverted dropout (Srivastava et al., 2014): while training, each unit is zero with probability `rate`, the
 * others are divided by `1 - rate`.
 *
 * @param name of its stream of random numbers.
 * @param rate in [0, 1).
 * @returns a part of a network.
 */
export function dropout(name: string, rate: number): Layer {
  return {
    specs: [],
    apply(x, { training, seed }) {
      if (!training || rate === 0) return x;
      if (seed === undefined)
        throw new SegscapeError(
          'BAD_OPTION',
          `forward: training with dropout (=${rate}) needs a seed, a scalar tensor that is new for every step.`,
        );
      const kept = cast(greaterEqual(uniformNumbers(x.shape, seed, name), rate), 'float32');
      return mul(x, mul(kept, 1 / (1 - rate)));
    },
  };
}
