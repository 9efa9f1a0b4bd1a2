import type { Params } from '@segscape/core';
import { type Axis, axisPlaces } from './axis.js';
import { evaluateGrid, type GridEvent, type GridOptions } from './grid.js';
import type { Batch } from './objective.js';

/** Losses over a plane of weight space: `values[name][iy · x.length + ix]` is the loss at `params + x·dx + y·dy`. */
export interface Surface {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** One grid `[y.length, x.length]` for each loss, row-major; NaN where a loss was not finite. */
  readonly values: Readonly<Record<string, Float32Array>>;
  readonly attributes: Readonly<Record<string, string | number>>;
}

export interface SurfaceOptions<B extends Batch> extends GridOptions<B> {
  /** `[dx, dy]`, from `randomDirection` or `trajectory`; a parameter without a direction stays. */
  readonly directions: readonly [Params, Params];
  readonly x: Axis;
  readonly y: Axis;
}

/**
 * Loss surface around the weights: an event for each point, row by row, then `done` with the surface.
 *
 *     for await (const event of surface({ objective, params, directions, x: [-1, 1, 25], y: [-1, 1, 25], batches }))
 *       if (event.type === 'done') draw(event.result);
 *
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`, `ABORTED`.
 * @see Li et al., Visualizing the loss landscape of neural nets, 2018. https://arxiv.org/abs/1712.09913
 */
export async function* surface<B extends Batch>(
  options: SurfaceOptions<B>,
): AsyncGenerator<GridEvent<Surface>> {
  const x = axisPlaces('surface: x', options.x);
  const y = axisPlaces('surface: y', options.y);
  const points = Array.from({ length: x.length * y.length }, (_, index) => ({
    index,
    offsets: [x[index % x.length]!, y[Math.floor(index / x.length)]!],
  }));
  const values = yield* evaluateGrid('surface', options, options.directions, points);
  yield { type: 'done', result: { x, y, values, attributes: options.attributes ?? {} } };
}
