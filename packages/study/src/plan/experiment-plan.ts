import type { StudyConfig } from '../config/schema.js';

/** Points of a curve that go to the report; the table of the run folder has all. */
const points = 200;

/** Iterations at which pictures are drawn: the first, every so many, and the last. */
export function pictured({
  iterations,
  every,
}: {
  readonly iterations: number;
  readonly every: number;
}): number[] {
  const all = Array.from({ length: Math.floor(iterations / every) + 1 }, (_, i) => i * every);
  return all.at(-1) === iterations ? all : [...all, iterations];
}

/** Some of so many iterations, as evenly as can be, the first and the last among them. */
export function thinned(count: number): number[] {
  if (count <= points) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: points }, (_, i) => Math.round((i * (count - 1)) / (points - 1)));
}

/** How much a single-image experiment is. */
export interface ExperimentSize {
  /** Of all images under all losses. */
  readonly iterations: number;
  /** Sets of pictures: a prediction, difference, confidence, and two maps with their numbers. */
  readonly pictures: number;
}

/** Undefined where a config asks for none. */
export function experimentSize(
  { experiment }: Pick<StudyConfig, 'experiment'>,
  losses: number,
): ExperimentSize | undefined {
  if (experiment === undefined) return undefined;
  const runs = experiment.images.length * losses;
  return { iterations: runs * experiment.iterations, pictures: runs * pictured(experiment).length };
}
