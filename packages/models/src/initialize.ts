import { type Params, type Rng, random, sizeOf } from '@segscape/core';
import { tensor } from '@tensorflow/tfjs-core';
import type { ParamSpec } from './layer.js';
import type { Initializer } from './options.js';

function values({ shape, role, fanIn }: ParamSpec, initializer: Initializer, rng: Rng): Float32Array {
  const count = sizeOf(shape);
  const data = new Float32Array(count);
  if (role === 'scale' || role === 'variance') return data.fill(1);
  if (role === 'offset' || role === 'mean') return data;
  if (initializer === 'torch') {
    const bound = 1 / Math.sqrt(fanIn);
    for (let i = 0; i < count; i++) data[i] = (2 * rng.uniform() - 1) * bound;
    return data;
  }
  if (role === 'bias') return data;
  const deviation = Math.sqrt(2 / (initializer === 'he-normal' ? fanIn : count));
  for (let i = 0; i < count; i++) data[i] = rng.normal() * deviation;
  return data;
}

/** Fresh parameters; each is drawn from its own stream, so a layer more does not change the others. */
export function initialize(specs: readonly ParamSpec[], initializer: Initializer, seed: number): Params {
  const root = random(seed);
  const params: Params = {};
  for (const spec of specs)
    params[spec.name] = tensor(values(spec, initializer, root.fork(spec.name)), [...spec.shape], 'float32');
  return params;
}
