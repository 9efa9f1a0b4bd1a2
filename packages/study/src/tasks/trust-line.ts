import type { Params } from '@segscape/core';
import {
  type BatchNorm,
  type Batch as GridBatch,
  type GridRunner,
  lineNoise,
  type Surface,
} from '@segscape/landscape';
import type { LineFact } from '@segscape/report';
import { objectiveOf } from '../grid-objective.js';
import type { NamedLoss } from '../named-losses.js';
import type { TaskContext } from './context.js';

/** The weights that lines go through, and what they are evaluated with. */
interface Around {
  readonly params: Params;
  readonly held: readonly GridBatch[];
  readonly runner: GridRunner;
  readonly batchNorm?: BatchNorm;
}

/** Index of the checkpoint on an axis; undefined where it is no place of it. */
function centreOf(axis: Float64Array): number | undefined {
  const [low, high] = [axis[0]!, axis.at(-1)!];
  const place = axis.findIndex((value) => Math.abs(value) <= 1e-9 * (high - low));
  return place < 0 ? undefined : place;
}

/** The values of a surface along both its directions, through the checkpoint. */
function cuts({ x, y, values }: Surface, loss: string): Float64Array[] {
  const [column, row, own] = [centreOf(x), centreOf(y), values[loss]];
  if (column === undefined || row === undefined || own === undefined) return [];
  return [
    Float64Array.from(x, (_, i) => own[row * x.length + i]!),
    Float64Array.from(y, (_, i) => own[i * x.length + column]!),
  ];
}

/**
 * The loss along lines through the weights: mean and spread over both directions of every surface that was drawn around them. Surfaces
 * have the same axes.
 * @returns undefined where the weights themselves are no point of the surfaces.
 */
export function lineOf(surfaces: readonly Surface[], loss: string): LineFact | undefined {
  const all = surfaces.flatMap((surface) => cuts(surface, loss));
  const x = surfaces[0]?.x;
  if (x === undefined || all.length === 0) return undefined;
  const directions = all.length;
  const mean = Array.from(x, (_, i) => all.reduce((total, line) => total + line[i]!, 0) / directions);
  const spread = mean.map((middle, i) =>
    Math.sqrt(all.reduce((total, line) => total + (line[i]! - middle) ** 2, 0) / (directions - 1)),
  );
  return { x: Array.from(x), directions, mean, spread };
}

/** What is chance in the choice of images, along a direction. */
export async function imageNoise(
  context: TaskContext,
  { label }: NamedLoss,
  direction: Params,
  { params, held, runner, batchNorm }: Around,
): Promise<LineFact['images']> {
  const { config, signal } = context;
  const { range, resolution, seed } = config.landscape;
  const { bands, images } = await lineNoise({
    objective: objectiveOf(context),
    params,
    direction,
    x: [-range, range, resolution],
    batches: held,
    runner,
    seed,
    ...(batchNorm && { batchNorm }),
    ...(signal && { signal }),
  });
  const { mean, low, high } = bands[label]!;
  return { count: images, mean: Array.from(mean), low: Array.from(low), high: Array.from(high) };
}
