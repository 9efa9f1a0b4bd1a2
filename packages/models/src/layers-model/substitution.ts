import { type Params, SegscapeError, sameShape } from '@segscape/core';
import { clone, dispose, keep, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

type Weight = LayersModel['weights'][number];

/** The weights of a LayersModel by their names, which are unique in it. */
export const namedWeights = (model: LayersModel): ReadonlyMap<string, Weight> =>
  new Map(model.weights.map((weight) => [weight.name, weight]));

/** @throws {SegscapeError} `SHAPE_MISMATCH` for what is missing, or of another shape. */
export function assertParams(where: string, weights: ReadonlyMap<string, Weight>, params: Params): void {
  for (const [name, { shape }] of weights) {
    const given = params[name]?.shape;
    if (given !== undefined && sameShape(given, shape as number[])) continue;
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `${where}: expected parameter '${name}' of shape [${shape.join(', ')}], got ${given ? `[${given.join(', ')}]` : 'none'}. Its parameters are those that fromLayersModel gave.`,
      { details: { name, expected: shape, given } },
    );
  }
}

/**
 * Runs a function in which a model's layers read the given parameters in place of their own weights, and what they write is
 * handed out: so that a model that owns its weights becomes a function of them, with gradients. Its own weights are not touched.
 * @returns what the function gave, and what layers wrote (the running statistics of batch normalisation), as new tensors.
 */
export function withParams<R extends Tensor | Record<string, Tensor>>(
  weights: ReadonlyMap<string, Weight>,
  params: Params,
  run: () => R,
): { readonly result: R; readonly updates: Params } {
  const written: Params = {};
  const undo: (() => void)[] = [];
  const replace = (weight: Weight, name: 'read' | 'write', value: Weight['read'] | Weight['write']) => {
    const before = Object.getOwnPropertyDescriptor(weight, name);
    Object.defineProperty(weight, name, { value, configurable: true, writable: true });
    undo.push(() => {
      if (before) Object.defineProperty(weight, name, before);
      else Reflect.deleteProperty(weight, name);
    });
  };
  try {
    for (const [name, weight] of weights) {
      replace(weight, 'read', () => written[name] ?? params[name]!);
      replace(weight, 'write', (value: Tensor) => {
        const earlier = written[name];
        // Layers write from within a tidy of their own.
        written[name] = keep(clone(value));
        earlier?.dispose();
        return weight;
      });
    }
    return tidy(() => {
      const result = run();
      return {
        result,
        updates: Object.fromEntries(Object.entries(written).map(([name, value]) => [name, clone(value)])),
      };
    });
  } finally {
    for (const restore of undo) restore();
    dispose(written);
  }
}
