import { assertKnown, assertOption, isRecord, throwIfAborted } from '@segscape/core';
import type { RandomDirectionOptions } from '../directions/direction.js';
import { runnerOf } from '../grids/chosen-runner.js';
import type { Batch } from '../grids/objective.js';
import { type Surface, type SurfaceOptions, surface, surfaceOptions } from '../grids/surface.js';
import { randomPlane } from '../planes/random-plane.js';

export interface RepeatOptions<B extends Batch> extends Omit<SurfaceOptions<B>, 'directions'> {
  /** How many pairs of directions. Default 4. */
  readonly pairs?: number;
  /** How they are drawn; `seed` is that of the first, default 1000, each pair takes two. */
  readonly directions?: RandomDirectionOptions;
}

/** The same losses around the same weights over other pairs of random directions. */
export async function repeatSurfaces<B extends Batch>(options: RepeatOptions<B>): Promise<Surface[]> {
  assertKnown('repeatSurfaces', options, [...surfaceOptions, 'pairs']);
  const { pairs = 4, directions: drawing = {}, key = 'repeats', jit: _, ...grid } = options;
  assertOption(
    Number.isInteger(pairs) && pairs >= 1,
    'repeatSurfaces',
    'pairs',
    pairs,
    'be a whole number >= 1',
  );
  assertOption(
    isRecord(drawing),
    'repeatSurfaces',
    'directions',
    drawing,
    'say how they are drawn: { seed, norm }',
  );
  const { seed = 1000 }: RandomDirectionOptions = drawing;
  const { runner, release } = runnerOf('repeatSurfaces', options);
  const found: Surface[] = [];
  try {
    for (let k = 0; k < pairs; k++) {
      const plane = randomPlane(grid.params, { ...drawing, seed: seed + 2 * k });
      try {
        const attributes = { ...grid.attributes, ...plane.attributes };
        const one = { ...grid, runner, attributes, directions: plane.directions, key: `${key}/pair-${k}` };
        for await (const event of surface(one)) if (event.type === 'done') found.push(event.result);
        throwIfAborted(grid.signal, 'repeatSurfaces');
      } finally {
        plane.dispose();
      }
    }
  } finally {
    await release();
  }
  return found;
}
