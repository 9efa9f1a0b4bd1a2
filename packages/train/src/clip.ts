import { assertOption, type Optimizer, type Params } from '@segscape/core';
import { add, div, minimum, mul, sqrt, square, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';

/**
 * Scales all gradients together so that their global norm is at most `maxNorm`, then updates as `optimizer` does.
 * Pascanu, Mikolov and Bengio, 2013, https://arxiv.org/abs/1211.5063.
 *
 * @param optimizer what updates by the scaled gradients.
 * @param options.maxNorm largest Euclidean length of all gradients together, positive.
 * @returns the optimiser, with the state of the one inside.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function clipByGlobalNorm(optimizer: Optimizer, { maxNorm }: { readonly maxNorm: number }): Optimizer {
  assertOption(maxNorm > 0, 'clipByGlobalNorm', 'maxNorm', maxNorm, 'be positive');
  return {
    init: optimizer.init,
    update: (params, grads, state) =>
      tidy(() => {
        const squares = Object.values(grads).map((grad): Tensor => sum(square(grad)));
        if (squares.length === 0) return optimizer.update(params, grads, state);
        const norm = sqrt(squares.reduce((total, part) => add(total, part)));
        const scale = minimum(div(maxNorm, add(norm, 1e-6)), 1);
        const clipped: Params = {};
        for (const [name, grad] of Object.entries(grads)) clipped[name] = mul(grad, scale);
        return optimizer.update(params, clipped, state);
      }),
  };
}
