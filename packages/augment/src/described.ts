import type { Rng } from '@segscape/core';
import type { Extent } from './extent.js';
import { type Described, type DescribedTransform, isSpatial, type Transform } from './transform.js';

const isDescribed = (transform: Transform): transform is DescribedTransform => 'describe' in transform;

/** What a transform draws from `rng` for a sample of this size; of one that cannot say it, the function's name. */
export function described(transform: Transform, extent: Extent, rng: Rng, id: string): Described {
  if (isSpatial(transform)) {
    const moves = transform.plan(extent, rng, id);
    return { drawn: moves.map(({ drawn }) => ({ kind: 'move', ...drawn })), to: moves.at(-1)?.to ?? extent };
  }
  if (isDescribed(transform)) return transform.describe(extent, rng, id);
  return { drawn: [{ kind: transform.name || 'function' }], to: extent };
}
