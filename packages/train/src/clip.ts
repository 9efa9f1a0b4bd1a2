import { assertOption, type Optimizer, type Params } from '@segscape/core';
import { add, div, minimum, mul, sqrt, square, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';

/** Euclidean length of all gradients together, rank 0; undefined where there are none. */
export function globalNorm(grads: Params): Tensor | undefined {
  const squares = Object.values(grads).map((grad): Tensor => sum(square(grad)));
  return squares.length === 0 ? undefined : sqrt(squares.reduce((total, part) => add(total, part)));
}

/**
 * Scales all gradients together so that their global norm is at most `maxNorm`, then updates as `optimizer` does.
 * Pascanu, Mikolov and Bengio, 2013, https://arxiv.org/abs/1211.5063.
 *
 * @param optimizer what updates by the scaled gradients.
 * @param options.maxNorm largest Euclidean length of all gradients together, positive.
 * @returns the optimiser, with the state of the one inside.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function clipByGlobalNorm<O extends Optimizer>(
  optimizer: O,
  { maxNorm }: { readonly maxNorm: number },
): O {
  assertOption(maxNorm > 0, 'clipByGlobalNorm', 'maxNorm', maxNorm, 'be positive');
  return {
    ...optimizer,
    update: (params, grads, state) =>
      tidy(() => {
        const norm = globalNorm(grads);
        if (norm === undefined) return optimizer.update(params, grads, state);
        const scale = minimum(div(maxNorm, add(norm, 1e-6)), 1);
        const clipped: Params = {};
        for (const [name, grad] of Object.entries(grads)) clipped[name] = mul(grad, scale);
        return optimizer.update(params, clipped, state);
      }),
  };
}
