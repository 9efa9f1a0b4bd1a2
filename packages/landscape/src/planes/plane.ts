import { assertKnown, type Params } from '@segscape/core';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';

/** Two directions through a point of weight space: what a surface is drawn over. */
export interface Plane {
  readonly kind: 'given' | 'random' | 'trajectory' | 'minima' | 'hessian';
  /** Weights at (0, 0): the `params` of `surface`. */
  readonly origin: Params;
  readonly directions: readonly [Params, Params];
  /** What a surface over the plane should say of it: give them to `surface` as `attributes`. */
  readonly attributes: Readonly<Record<string, string | number>>;
  /** Which parameters are measured when weights are projected. */
  readonly isTrainable: (name: string) => boolean;
  /** Frees the tensors that were made for the plane, not those given to it; idempotent. */
  dispose(): void;
}

/** Where weights lie, seen from a plane. */
export interface Projection {
  /** Coordinates of the nearest point of the plane, in units of its directions. */
  readonly x: number;
  readonly y: number;
  /** Distance from the plane, in the units of the weights. */
  readonly residual: number;
  /** Distance from the plane's origin. */
  readonly distance: number;
}

/** Disposes once. */
export const once = (records: readonly Params[]): (() => void) => {
  let held = records;
  return () => {
    dispose(held as unknown as Tensor[]);
    held = [];
  };
};

/**
 * A plane of directions that are given, say by a file (`decodeDirections`). It owns nothing.
 *
 * @param origin the weights at its middle, borrowed.
 * @param directions like the weights, borrowed; a parameter that one leaves out stays along it.
 * @param options.isTrainable parameters that are measured. Default all: `projector` asks those that either direction has, `trust`
 *   the others, too.
 * @returns the plane; its `dispose` frees nothing.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function planeOf(
  origin: Params,
  directions: readonly [Params, Params],
  options: { readonly isTrainable?: (name: string) => boolean } = {},
): Plane {
  assertKnown('planeOf', options, ['isTrainable']);
  const { isTrainable = () => true } = options;
  return {
    kind: 'given',
    origin,
    directions,
    attributes: { plane: 'given' },
    isTrainable,
    dispose: () => {},
  };
}
