import { assertOption } from '@segscape/core';
import type { RandomDirectionOptions } from '../directions/direction.js';
import { inline } from '../grids/inline.js';
import type { Batch } from '../grids/objective.js';
import { type Surface, type SurfaceOptions, surface } from '../grids/surface.js';
import { randomPlane } from '../planes/planes.js';

export interface RepeatOptions<B extends Batch> extends Omit<SurfaceOptions<B>, 'directions'> {
  /** How many pairs of directions. Default 4. */
  readonly pairs?: number;
  /** How they are drawn; `seed` is that of the first, default 1000, each pair takes two. */
  readonly directions?: RandomDirectionOptions;
}

/**
 * The same losses around the same weights over other pairs of random directions: the `repeats` of `trust`. With a `store` the
 * points of pair k are kept under `<key>/pair-<k>`.
 * @throws {SegscapeError} as `surface`.
 */
export async function repeatSurfaces<B extends Batch>(options: RepeatOptions<B>): Promise<Surface[]> {
  const { pairs = 4, directions: drawing = {}, key = 'repeats', ...grid } = options;
  assertOption(
    Number.isInteger(pairs) && pairs >= 1,
    'repeatSurfaces',
    'pairs',
    pairs,
    'be a whole number >= 1',
  );
  const { seed = 1000 } = drawing;
  const given = grid.runner ?? grid.executor;
  const runner = given ?? inline();
  const found: Surface[] = [];
  try {
    for (let k = 0; k < pairs; k++) {
      const plane = randomPlane(grid.params, { ...drawing, seed: seed + 2 * k });
      try {
        const attributes = { ...grid.attributes, ...plane.attributes };
        const one = { ...grid, runner, attributes, directions: plane.directions, key: `${key}/pair-${k}` };
        for await (const event of surface(one)) if (event.type === 'done') found.push(event.result);
      } finally {
        plane.dispose();
      }
    }
  } finally {
    if (given === undefined) await runner.dispose();
  }
  return found;
}
