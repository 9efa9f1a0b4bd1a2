import type { Batch } from '../grids/objective.js';
import type { Surface } from '../grids/surface.js';
import { type Interval, meanInterval } from './interval.js';

/**
 * A measure of curvature on each batch by itself, and how it scatters: what one batch can say of the whole set.
 *
 *     await overBatches(problem, async (one) => (await curvatureTrace(one)).trace);
 *
 * @param problem of curvature, with all batches; borrowed.
 * @param measure of a problem with one batch.
 * @returns mean, spread and interval of the measure over the batches.
 * @throws {SegscapeError} `BAD_OPTION` without batches; what `measure` throws.
 */
export async function overBatches<B extends Batch, P extends { readonly batches: readonly B[] }>(
  problem: P,
  measure: (one: P) => Promise<number>,
): Promise<Interval> {
  const values: number[] = [];
  for (const batch of problem.batches)
    values.push(await measure({ ...problem, batches: [batch], weights: [1] }));
  return meanInterval(values);
}

/** A statistic at an epoch, over several trainings or planes. */
export interface EpochInterval extends Interval {
  readonly epoch: number;
}

/**
 * A statistic of surfaces as a curve through training, with its interval over seeds or planes.
 *
 *     statisticCurve([filmA.surfaces, filmB.surfaces], (surface) => topology(surface, 'dice').smad);
 *
 * @param films surfaces of `throughTraining`, one list for each seed or pair of directions.
 * @param measure the statistic of one surface.
 * @returns one entry for each epoch that any film has, ascending; `count` says in how many.
 */
export function statisticCurve(
  films: readonly (readonly { readonly epoch: number; readonly surface: Surface }[])[],
  measure: (surface: Surface) => number,
): EpochInterval[] {
  const byEpoch = new Map<number, number[]>();
  for (const { epoch, surface } of films.flat())
    byEpoch.set(epoch, [...(byEpoch.get(epoch) ?? []), measure(surface)]);
  return [...byEpoch]
    .sort(([a], [b]) => a - b)
    .map(([epoch, values]) => ({ epoch, ...meanInterval(values) }));
}
