import type { Params } from '@segscape/core';
import { assertKnown, assertOption, isRecord, optionNames } from '@segscape/core';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { assertWeights } from '../directions/assert-weights.js';
import { type RandomDirectionOptions, randomDirection } from '../directions/direction.js';
import { type Axis, axisPlaces } from '../grids/axis.js';
import { runnerOf } from '../grids/chosen-runner.js';
import { type DoneEvent, ended } from '../grids/events.js';
import { type EvaluationEvent, evaluateGrid, type GridOptions, gridOptions } from '../grids/grid.js';
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

export interface ThroughTrainingOptions<B extends Batch> extends Omit<GridOptions<B>, 'params'>, PathOptions {
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
  /** The path in its own plane; none with fewer than 3 checkpoints, or when stopped. The caller disposes its directions. */
  readonly path: TrainingPath | undefined;
}

export type TrainingEvent =
  | (EvaluationEvent & { readonly checkpoint: string })
  | ({ readonly type: 'surface' } & CheckpointSurface)
  | DoneEvent<TrainingMap>;

const throughTrainingOptions = [
  ...gridOptions.filter((name) => name !== 'params'),
  ...optionNames<Omit<ThroughTrainingOptions<Batch>, keyof GridOptions<Batch>>>({
    checkpoints: true,
    directions: true,
    x: true,
    y: true,
    isTrainable: true,
    margin: true,
  }),
];

const isPair = (given: ThroughTrainingOptions<Batch>['directions']): given is readonly [Params, Params] =>
  Array.isArray(given);

/** A film of a training. */
export async function* throughTraining<B extends Batch>(
  options: ThroughTrainingOptions<B>,
): AsyncGenerator<TrainingEvent> {
  const where = 'throughTraining';
  assertKnown(where, options, throughTrainingOptions);
  const { checkpoints, directions: wanted = {}, isTrainable, margin, jit: _, ...grids } = options;
  const { key = 'training', attributes = {}, signal } = options;
  const isList =
    isRecord(checkpoints) && (Symbol.asyncIterator in checkpoints || Symbol.iterator in checkpoints);
  const isDrawn = isPair(wanted) || isRecord(wanted);
  assertOption(
    isDrawn,
    where,
    'directions',
    wanted,
    'be two directions, or say how they are drawn: { seed, norm }',
  );
  const must = 'be an iterable of { name, epoch, params }';
  assertOption(isList || Array.isArray(checkpoints), where, 'checkpoints', typeof checkpoints, must);
  const [x, y] = [axisPlaces(`${where}: x`, options.x), axisPlaces(`${where}: y`, options.y)];
  const { runner, release } = runnerOf(where, options);
  const drawn: Params[] = [];
  const surfaces: CheckpointSurface[] = [];
  const path = pathKeeper(where, {
    ...(isTrainable && { isTrainable }),
    ...(margin !== undefined && { margin }),
  });
  let last: Params | undefined;
  const sofar = (path?: TrainingPath): DoneEvent<TrainingMap> =>
    ended({ surfaces, scale: scaleOf(surfaces), path }, signal);
  try {
    if (signal?.aborted) {
      yield sofar();
      return;
    }
    for await (const checkpoint of checkpoints) {
      assertWeights(where, 'params of a checkpoint', checkpoint?.params);
      const { name, epoch, params } = checkpoint;
      if (last) dispose(last);
      last = params;
      if (!isPair(wanted) && drawn.length === 0) drawn.push(...drawPair(params, wanted, isTrainable));
      const directions = isPair(wanted) ? wanted : (drawn as [Params, Params]);
      const grid = {
        ...grids,
        params,
        runner,
        key: `${key}/${name}`,
        attributes: { ...attributes, checkpoint: name, epoch },
      };
      for await (const event of surface({ ...grid, directions, x, y })) {
        if (event.type === 'point' || event.type === 'progress') yield { ...event, checkpoint: name };
        else if (event.type === 'done' && !event.stopped) {
          surfaces.push({ name, epoch, surface: event.result });
          yield { type: 'surface', name, epoch, surface: event.result };
        }
      }
      const { store: __, ...unkept } = grid;
      const here = yield* tagged(
        name,
        evaluateGrid(where, unkept, directions, [{ index: 0, offsets: [0, 0] }]),
      );
      if (signal?.aborted) break;
      await path.add({ name, epoch, params, losses: here.values });
    }
    const whole = !signal?.aborted && last;
    const grid = whole && { ...grids, params: whole, runner, key: `${key}/path` };
    const found = grid ? yield* tagged('path', path.draw(grid, x.length, y.length)) : undefined;
    yield sofar(found);
  } finally {
    dispose([drawn, last ?? {}] as unknown as Tensor[]);
    await release();
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
  events: AsyncGenerator<EvaluationEvent, R>,
): AsyncGenerator<EvaluationEvent & { readonly checkpoint: string }, R> {
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
