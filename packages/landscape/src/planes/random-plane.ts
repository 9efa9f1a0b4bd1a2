import { assertKnown, type Params } from '@segscape/core';
import {
  type RandomDirectionOptions,
  randomDirection,
  randomDirectionOptions,
} from '../directions/direction.js';
import { once, type Plane } from './plane.js';

/**
 * A plane of two random directions through weights, those of `seed` and `seed + 1`: the same for every loss and checkpoint
 * of one network, scaled to each.
 *
 * @param params the weights at its middle, borrowed.
 * @param options how the directions are drawn.
 * @returns the plane; the caller disposes it.
 * @throws {SegscapeError} `BAD_OPTION`.
 * @see Li et al., 2018. https://arxiv.org/abs/1712.09913
 */
export function randomPlane(params: Params, options: RandomDirectionOptions = {}): Plane {
  assertKnown('randomPlane', options, randomDirectionOptions);
  const { seed = 0, isTrainable = () => true } = options;
  const directions = [
    randomDirection(params, { ...options, seed }),
    randomDirection(params, { ...options, seed: seed + 1 }),
  ] as const;
  const attributes = { plane: 'random', directionSeed: seed, norm: options.norm ?? 'filter' };
  return { kind: 'random', origin: params, directions, attributes, isTrainable, dispose: once(directions) };
}
