import { assertOption, type Params, SegscapeError, throwIfAborted } from '@segscape/core';
import { add, dispose, keep, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { weightOf } from '../directions/weight-of.js';
import type { GridRunner } from './grid-runner.js';

/** The statistics of batch normalisation that belong to weights; new tensors, which the caller disposes. */
export type Recompute = (params: Params) => Params | Promise<Params>;

/**
 * What becomes of batch normalisation's means and variances where weights move:
 *
 * - `carried`: they move along the directions as weights do, as far as the directions have them;
 * - `frozen`: they stay as at the centre, whatever the directions say of them;
 * - `precise`: they are computed anew at each point, by a function (`preciseStatistics` makes one), here, whatever the
 *   runner: to one that is elsewhere the weights of every point are sent.
 *
 * The mode is recorded as the attribute `batchNorm`.
 */
export type BatchNorm =
  | { readonly mode: 'carried' }
  | { readonly mode: 'frozen'; readonly isStatistic: (name: string) => boolean }
  | { readonly mode: 'precise'; readonly recompute: Recompute };

const modes: readonly string[] = ['carried', 'frozen', 'precise'];

/** @throws {SegscapeError} `BAD_OPTION` for another mode, or one without its function. */
export function assertBatchNorm(where: string, batchNorm: BatchNorm | undefined): void {
  if (batchNorm === undefined) return;
  const mode = (batchNorm as Partial<BatchNorm> | null)?.mode ?? '';
  assertOption(modes.includes(mode), where, 'batchNorm.mode', mode, "be 'carried', 'frozen' or 'precise'");
  const assertFunction = (name: string, given: unknown) =>
    assertOption(typeof given === 'function', where, `batchNorm.${name}`, given, 'be a function');
  if (batchNorm.mode === 'frozen') assertFunction('isStatistic', batchNorm.isStatistic);
  if (batchNorm.mode === 'precise') assertFunction('recompute', batchNorm.recompute);
}

/** Directions without the statistics, when those are frozen. */
export function movedNames(
  directions: readonly Params[],
  batchNorm: BatchNorm | undefined,
): readonly Params[] {
  if (batchNorm?.mode !== 'frozen') return directions;
  return directions.map((direction) =>
    Object.fromEntries(Object.entries(direction).filter(([name]) => !batchNorm.isStatistic(name))),
  );
}

/** The weights at a point: `params + Σ offset·direction`. New tensors for what moves, the others are the same. */
function movedTo(
  params: Params,
  directions: readonly Params[],
  offsets: readonly number[],
): { all: Params; made: Tensor[] } {
  const made: Params = {};
  tidy(() => {
    directions.forEach((direction, k) => {
      for (const [name, d] of Object.entries(direction))
        made[name] = add(weightOf(made, name) ?? params[name]!, mul(d, offsets[k]!));
    });
    Object.values(made).forEach((w) => {
      keep(w);
    });
  });
  return { all: { ...params, ...made }, made: Object.values(made) };
}

/** A runner that recomputes the statistics at each point, then lets another evaluate it. */
export function withStatistics(runner: GridRunner, recompute: Recompute): GridRunner {
  return {
    name: runner.name,
    async *evaluate({ params, directions, points, ...job }) {
      for (const { index, offsets } of points) {
        throwIfAborted(job.signal, 'landscape');
        const { all, made } = movedTo(params, directions, offsets);
        try {
          const statistics = await recompute(all);
          try {
            assertStatistics(params, statistics);
            const there = { ...all, ...statistics };
            yield* runner.evaluate({
              ...job,
              params: there,
              directions: [],
              points: [{ index, offsets: [] }],
            });
          } finally {
            dispose(statistics);
          }
        } finally {
          dispose(made);
        }
      }
    },
    dispose: () => runner.dispose(),
  };
}

function assertStatistics(params: Params, statistics: Params): void {
  for (const [name, { shape }] of Object.entries(statistics)) {
    const own = weightOf(params, name);
    if (own?.shape.join() !== shape.join())
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `batchNorm: recompute gave '${name}' shaped [${shape}], the parameters have ${own ? `[${own.shape}]` : 'none of this name'}.`,
      );
  }
}
