import type { Params } from '@segscape/core';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { type RandomDirectionOptions, randomDirection } from '../directions/direction.js';
import { type Axis, axisPlaces } from '../grids/axis.js';
import { evaluateGrid, type GridOptions, type PointEvent } from '../grids/grid.js';
import { inline } from '../grids/inline.js';
import type { Batch } from '../grids/objective.js';
import { type Surface, surface } from '../grids/surface.js';
import { type PathOptions, pathKeeper, type TrainingPath } from './training-path.js';

/** Weights of a training. */
export interface TrainingCheckpoint {
  readonly name: string;
  readonly epoch: number;
  /** Given away: `throughTraining` disposes them. */
  readonly params: Params;
}

export interface ThroughTrainingOptions<B extends Batch>
  extends Omit<GridOptions<B>, 'params'>,
    Omit<PathOptions, 'x' | 'y'> {
  /** In the order of training; one is held at a time. */
  readonly checkpoints: AsyncIterable<TrainingCheckpoint> | Iterable<TrainingCheckpoint>;
  /** Two directions, or how to draw them: once, scaled to the first checkpoint, the same at all others. Default seed 0. */
  readonly directions?: readonly [Params, Params] | RandomDirectionOptions;
  readonly x: Axis;
  readonly y: Axis;
}

export interface CheckpointSurface {
  readonly name: string;
  readonly epoch: number;
  readonly surface: Surface;
}

export interface TrainingMap {
  readonly surfaces: readonly CheckpointSurface[];
  /** Each loss's extremes over all surfaces, so that one scale of colours fits them all. */
  readonly scale: Readonly<Record<string, { readonly minimum: number; readonly maximum: number }>>;
  /** The path in its own plane; none with fewer than 3 checkpoints. The caller disposes its directions. */
  readonly path: TrainingPath | undefined;
}

export type TrainingEvent =
  | (PointEvent & { readonly checkpoint: string })
  | ({ readonly type: 'surface' } & CheckpointSurface)
  | { readonly type: 'done'; readonly result: TrainingMap };

const isPair = (given: ThroughTrainingOptions<Batch>['directions']): given is readonly [Params, Params] =>
  Array.isArray(given);

/**
 * A film of a training: a surface at each checkpoint over the same directions, then the path of the weights in the plane
 * where they moved most, over the surface around the last of them, with each loss at the weights and at their shadow on
 * the plane.
 *
 *     for await (const event of throughTraining({ checkpoints, objective, batches, x: [-1, 1, 25], y: [-1, 1, 25] }))
 *       if (event.type === 'surface') show(event.epoch, event.surface);
 *
 * Points are kept under `<key>/<name>` of the `store`, the plane's under `<key>/path`.
 *
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`, `ABORTED`.
 * @see Li et al., 2018, section 7. https://arxiv.org/abs/1712.09913
 */
export async function* throughTraining<B extends Batch>(
  options: ThroughTrainingOptions<B>,
): AsyncGenerator<TrainingEvent> {
  const { checkpoints, directions: wanted = {}, key = 'training', attributes = {} } = options;
  const [x, y] = [axisPlaces('throughTraining: x', options.x), axisPlaces('throughTraining: y', options.y)];
  const given = options.runner ?? options.executor;
  const runner = given ?? inline();
  const drawn: Params[] = [];
  const surfaces: CheckpointSurface[] = [];
  const path = pathKeeper('throughTraining', options);
  let last: Params | undefined;
  try {
    for await (const { name, epoch, params } of checkpoints) {
      if (last) dispose(last);
      last = params;
      if (!isPair(wanted) && drawn.length === 0) drawn.push(...drawPair(params, wanted, options.isTrainable));
      const directions = isPair(wanted) ? wanted : (drawn as [Params, Params]);
      const grid = {
        ...options,
        params,
        runner,
        key: `${key}/${name}`,
        attributes: { ...attributes, checkpoint: name, epoch },
      };
      for await (const event of surface({ ...grid, directions, x, y })) {
        if (event.type === 'point') yield { ...event, checkpoint: name };
        else if (event.type === 'done') {
          surfaces.push({ name, epoch, surface: event.result });
          yield { type: 'surface', name, epoch, surface: event.result };
        }
      }
      const { store: _, ...unkept } = grid;
      const here = yield* tagged(
        name,
        evaluateGrid('throughTraining', unkept, directions, [{ index: 0, offsets: [0, 0] }]),
      );
      await path.add({ name, epoch, params, losses: here });
    }
    const grid = last && { ...options, params: last, runner, x, y, key: `${key}/path` };
    const found = grid && (yield* tagged('path', path.draw(grid)));
    yield { type: 'done', result: { surfaces, scale: scaleOf(surfaces), path: found } };
  } finally {
    dispose([drawn, last ?? {}] as unknown as Tensor[]);
    if (given === undefined) await runner.dispose();
  }
}

const drawPair = (
  params: Params,
  options: RandomDirectionOptions,
  isTrainable?: (name: string) => boolean,
) => {
  const { seed = 0 } = options;
  const counts = options.isTrainable ?? isTrainable;
  return [seed, seed + 1].map((s) =>
    randomDirection(params, { ...options, ...(counts ? { isTrainable: counts } : {}), seed: s }),
  );
};

async function* tagged<R>(
  checkpoint: string,
  events: AsyncGenerator<PointEvent, R>,
): AsyncGenerator<PointEvent & { readonly checkpoint: string }, R> {
  for (;;) {
    const { value, done } = await events.next();
    if (done) return value;
    yield { ...value, checkpoint };
  }
}

function scaleOf(surfaces: readonly CheckpointSurface[]): TrainingMap['scale'] {
  const scale = new Map<string, { minimum: number; maximum: number }>();
  for (const {
    surface: { values },
  } of surfaces)
    for (const [name, z] of Object.entries(values)) {
      const range = scale.get(name) ?? {
        minimum: Number.POSITIVE_INFINITY,
        maximum: Number.NEGATIVE_INFINITY,
      };
      for (const value of z) {
        if (!Number.isFinite(value)) continue;
        range.minimum = Math.min(range.minimum, value);
        range.maximum = Math.max(range.maximum, value);
      }
      scale.set(name, range);
    }
  return Object.fromEntries(scale);
}
