import type { Params } from '@segscape/core';
import { assertKnown, optionNames } from '@segscape/core';
import type { AdaptiveOptions, AdaptivePicture } from './adaptive.js';
import { type Axis, axisPlaces } from './axis.js';
import { ended } from './events.js';
import { evaluateGrid, type GridEvent, type GridOptions, gridOptions, openGrid, recorded } from './grid.js';
import type { GridPoint } from './grid-runner.js';
import type { Batch } from './objective.js';

/** Losses over a plane of weight space: `values[name][iy · x.length + ix]` is the loss at `params + x·dx + y·dy`. */
export interface Surface {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** One grid `[y.length, x.length]` for each loss, row-major; NaN where a loss was not finite, or the grid was stopped before. */
  readonly values: Readonly<Record<string, Float32Array>>;
  /** Extreme eigenvalues of the Hessian at each place, laid out as a loss; only where `eigenvalueMap` was asked. */
  readonly eigenvalues?: { readonly min: Float32Array; readonly max: Float32Array };
  readonly attributes: Readonly<Record<string, string | number>>;
}

export interface SurfaceOptions<B extends Batch> extends GridOptions<B> {
  /** `[dx, dy]`, from `randomDirection`, `trajectory` or a plane; a parameter without a direction stays. */
  readonly directions: readonly [Params, Params];
  readonly x: Axis;
  readonly y: Axis;
  /**
   * Evaluates few points and interpolates the others: coarse first, finer where a loss bends. The attributes
   * `adaptivePoints` and `adaptiveError` of the surface say how many, and the largest error as a share of the range, estimated.
   */
  readonly adaptive?: AdaptiveOptions;
}

/** The names of these options. */
export const surfaceOptions = [
  ...gridOptions,
  ...optionNames<Omit<SurfaceOptions<Batch>, keyof GridOptions<Batch>>>({
    directions: true,
    x: true,
    y: true,
    adaptive: true,
  }),
];

/** A surface as far as it is known: it appears early, and sharpens. */
export interface PictureEvent {
  readonly type: 'picture';
  readonly result: Surface;
}

/** What `surface` of the main entry loads. */
export function surface<B extends Batch>(
  options: SurfaceOptions<B> & { readonly adaptive: AdaptiveOptions },
): AsyncGenerator<GridEvent<Surface> | PictureEvent>;
export function surface<B extends Batch>(options: SurfaceOptions<B>): AsyncGenerator<GridEvent<Surface>>;
export async function* surface<B extends Batch>(
  options: SurfaceOptions<B>,
): AsyncGenerator<GridEvent<Surface> | PictureEvent> {
  assertKnown('surface', options, surfaceOptions);
  const x = axisPlaces('surface: x', options.x);
  const y = axisPlaces('surface: y', options.y);
  const points = Array.from({ length: x.length * y.length }, (_, index) => ({
    index,
    offsets: [x[index % x.length]!, y[Math.floor(index / x.length)]!],
  }));
  if (options.adaptive)
    return yield* adaptiveSurface({ ...options, adaptive: options.adaptive }, x, y, points);
  const { values } = yield* evaluateGrid('surface', options, options.directions, points);
  yield ended({ x, y, values, attributes: recorded(options) }, options.signal);
}

async function* adaptiveSurface<B extends Batch>(
  options: SurfaceOptions<B> & { readonly adaptive: AdaptiveOptions },
  x: Float64Array,
  y: Float64Array,
  points: readonly GridPoint[],
): AsyncGenerator<GridEvent<Surface> | PictureEvent> {
  const of = ({ values, evaluated, error }: AdaptivePicture): Surface => ({
    x,
    y,
    values,
    attributes: { ...recorded(options), adaptivePoints: evaluated, adaptiveError: error },
  });
  const { refine } = await import('./adaptive.js');
  const grid = await openGrid('surface', options, options.directions, points);
  try {
    yield* grid.resume();
    const rounds = refine(grid, x, y, options.adaptive);
    for (;;) {
      const { value, done } = await rounds.next();
      if (done) {
        yield ended(of(value), options.signal);
        return;
      }
      yield 'type' in value ? value : { type: 'picture', result: of(value) };
    }
  } finally {
    await grid.dispose();
  }
}
