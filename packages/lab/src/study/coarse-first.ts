import type { GridPoint, GridRunner, Objective, PointValues } from '@segscape/landscape';
import type { GridRegistry } from '@segscape/landscape/threads';

/** A point of a plane as it was evaluated, and all points that its surface still lacked when it was begun. */
export interface DrawnPoint extends PointValues {
  readonly of: readonly GridPoint[];
}

/** The different places along an axis, in order. */
export const placesOf = (points: readonly GridPoint[], axis: number): number[] =>
  [...new Set(points.map(({ offsets }) => offsets[axis] ?? 0))].sort((a, b) => a - b);

/** In which round of halving each of so many places is reached: 0 for both ends, 1 for the middle, and so on. */
export function roundsOfHalving(count: number): number[] {
  const rounds = new Array<number>(count).fill(0);
  const halve = (from: number, to: number, round: number) => {
    if (to - from < 2) return;
    const middle = (from + to) >> 1;
    rounds[middle] = round;
    halve(from, middle, round + 1);
    halve(middle, to, round + 1);
  };
  halve(0, count - 1, 1);
  return rounds;
}

/** The points of a grid, those of the coarsest lattice first; within a lattice as they came. */
export function coarsestFirst(points: readonly GridPoint[]): GridPoint[] {
  const axes = [0, 1].map((axis) => {
    const places = placesOf(points, axis);
    const rounds = roundsOfHalving(places.length);
    return new Map(places.map((place, i) => [place, rounds[i]!]));
  });
  const roundOf = ({ offsets }: GridPoint) =>
    Math.max(...axes.map((rounds, axis) => rounds.get(offsets[axis] ?? 0)!));
  return points
    .map((point) => ({ point, round: roundOf(point) }))
    .sort((a, b) => a.round - b.round)
    .map(({ point }) => point);
}

/**
 * A runner that evaluates coarse lattices before fine ones, so that a surface can be seen early and sharpens. Its values are
 * the other runner's: a grid's points may come in any order.
 *
 * @param runner what evaluates.
 * @param registry what a study's objectives are called.
 * @param told hears of every point of a plane.
 */
export function coarseFirst(
  runner: GridRunner,
  registry: GridRegistry,
  told: (point: DrawnPoint) => void,
): GridRunner {
  // Built once for all surfaces of a study, which all have the same losses.
  const built = new Map<string, Promise<Objective>>();
  const objectiveOf = (objective: Parameters<GridRunner['evaluate']>[0]['objective']) => {
    if (typeof objective === 'function') return Promise.resolve(objective);
    const { kind, config } = objective;
    const key = JSON.stringify([kind, config]);
    const known = built.get(key) ?? Promise.resolve(registry[kind]!(config));
    built.set(key, known);
    return known;
  };
  return {
    name: 'coarse first',
    async *evaluate(job) {
      const objective = await objectiveOf(job.objective);
      const plane = job.points.every(({ offsets }) => offsets.length === 2);
      const points = plane ? coarsestFirst(job.points) : job.points;
      for await (const point of runner.evaluate({ ...job, objective, points })) {
        if (plane) told({ ...point, of: job.points });
        yield point;
      }
    },
    async dispose() {
      built.clear();
      await runner.dispose();
    },
  };
}
