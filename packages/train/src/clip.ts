import { assertOption, type Optimizer, type Params } from '@segscape/core';
import {
  abs,
  add,
  clipByValue as between,
  div,
  max,
  maximum,
  minimum,
  mul,
  pow,
  sqrt,
  square,
  sum,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { assertGiven } from './given.js';

/** Length of all gradients together by the norm of order `order`, rank 0; undefined where there are none. */
export function globalNorm(grads: Params, order = 2): Tensor | undefined {
  const all = Object.values(grads);
  if (all.length === 0) return undefined;
  if (order === Number.POSITIVE_INFINITY)
    return all.map((grad): Tensor => max(abs(grad))).reduce((largest, part) => maximum(largest, part));
  const total = (parts: readonly Tensor[]) => parts.reduce((sofar, part) => add(sofar, part));
  if (order === 2) return sqrt(total(all.map((grad) => sum(square(grad)))));
  return pow(total(all.map((grad) => sum(pow(abs(grad), order)))), 1 / order);
}

/** An optimiser that is given other gradients. */
const before = <O extends Optimizer>(optimizer: O, changed: (grads: Params) => Params): O => ({
  ...optimizer,
  update: (params, grads, state) => tidy(() => optimizer.update(params, changed(grads), state)),
});

const eachOf = (grads: Params, changed: (grad: Tensor) => Tensor): Params =>
  Object.fromEntries(Object.entries(grads).map(([name, grad]) => [name, changed(grad)]));

/** A text compares as the number that it spells, and divides nothing. */
const assertPositive = (where: string, name: string, value: unknown) =>
  assertOption(typeof value === 'number' && value > 0, where, name, value, 'be positive');

/**
 * Scales all gradients together so that their global norm is at most `maxNorm`, then updates as `optimizer` does.
 * Pascanu, Mikolov and Bengio, 2013, https://arxiv.org/abs/1211.5063.
 *
 * @param optimizer what updates by the scaled gradients.
 * @param options.maxNorm largest length of all gradients together, positive.
 * @param options.norm order of the norm, positive; `Infinity` for the largest absolute value. Default 2, the Euclidean length.
 * @returns the optimiser, with the state of the one inside.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function clipByGlobalNorm<O extends Optimizer>(
  optimizer: O,
  options: { readonly maxNorm: number; readonly norm?: number },
): O {
  assertGiven('clipByGlobalNorm', options, ['maxNorm', 'norm']);
  const { maxNorm, norm = 2 } = options;
  for (const [name, value] of Object.entries({ maxNorm, norm }))
    assertPositive('clipByGlobalNorm', name, value);
  return before(optimizer, (grads) => {
    const length = globalNorm(grads, norm);
    if (length === undefined) return grads;
    const scale = minimum(div(maxNorm, add(length, 1e-6)), 1);
    return eachOf(grads, (grad) => mul(grad, scale));
  });
}

/**
 * Cuts each gradient's values to [−maxValue, maxValue], then updates as `optimizer` does.
 *
 * @param optimizer what updates by the cut gradients.
 * @param options.maxValue largest absolute value, positive.
 * @returns the optimiser, with the state of the one inside.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function clipByValue<O extends Optimizer>(optimizer: O, options: { readonly maxValue: number }): O {
  assertGiven('clipByValue', options, ['maxValue']);
  const { maxValue } = options;
  assertPositive('clipByValue', 'maxValue', maxValue);
  return before(optimizer, (grads) => eachOf(grads, (grad) => between(grad, -maxValue, maxValue)));
}
