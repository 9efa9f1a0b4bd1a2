import type { AdaptiveOptions } from '../grids/adaptive.js';
import type { GridEvent } from '../grids/grid.js';
import type { Batch } from '../grids/objective.js';
import type { PictureEvent, Surface, SurfaceOptions } from '../grids/surface.js';
import type { InterpolateOptions, Line, LineOptions } from '../lines/line.js';

// What is loaded when it is first called: a page that only shows surfaces does not carry what evaluates them.

/**
 * Loss surface around the weights: a `point` and a `progress` event for each point, row by row, then `done` with the surface.
 *
 *     for await (const event of surface({ objective, params, directions, x: [-1, 1, 25], y: [-1, 1, 25], batches }))
 *       if (event.type === 'done') draw(event.result);
 *
 * With `adaptive` a `picture` comes after each round. Points of the store are used in the one form and the other.
 *
 * @param options the losses, the weights and where they go; all tensors are borrowed.
 * @returns events, `done` at last. Stopped by its signal it has `stopped: true` and the surface so far, NaN where nothing is
 *   known (without any point no loss at all); the same call with the same `store` goes on from there to the same bits.
 * @throws {SegscapeError} `BAD_OPTION`, also for an option it does not have; `SHAPE_MISMATCH`.
 * @see Li et al., Visualizing the loss landscape of neural nets, 2018. https://arxiv.org/abs/1712.09913
 */
export function surface<B extends Batch>(
  options: SurfaceOptions<B> & { readonly adaptive: AdaptiveOptions },
): AsyncGenerator<GridEvent<Surface> | PictureEvent>;
export function surface<B extends Batch>(options: SurfaceOptions<B>): AsyncGenerator<GridEvent<Surface>>;
export async function* surface<B extends Batch>(
  options: SurfaceOptions<B>,
): AsyncGenerator<GridEvent<Surface> | PictureEvent> {
  const room = await import('../grids/surface.js');
  yield* room.surface(options);
}

/**
 * Losses along a direction: a `point` and a `progress` event for each point, then `done` with the line.
 *
 * @param options the losses, the weights and where they go; all tensors are borrowed.
 * @returns events, `done` at last; stopped and resumed as `surface`.
 * @throws {SegscapeError} as `surface`.
 */
export async function* line<B extends Batch>(options: LineOptions<B>): AsyncGenerator<GridEvent<Line>> {
  const room = await import('../lines/line.js');
  yield* room.line(options);
}

/**
 * Losses on the straight line between two weights and beyond.
 *
 * @param options the losses and the weights at both ends; all tensors are borrowed.
 * @returns events as those of `line`: `x` is 0 at `from` and 1 at `to`.
 * @throws {SegscapeError} as `line`; `SHAPE_MISMATCH` when a parameter of `from` is missing in `to`.
 * @see Goodfellow, Vinyals, Saxe, 2015. https://arxiv.org/abs/1412.6544
 */
export async function* interpolate<B extends Batch>(
  options: InterpolateOptions<B>,
): AsyncGenerator<GridEvent<Line>> {
  const room = await import('../lines/line.js');
  yield* room.interpolate(options);
}
