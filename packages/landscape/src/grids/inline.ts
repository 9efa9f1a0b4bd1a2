import type { JitOptions } from '@segscape/jit';
import type { GridRunner } from './grid-runner.js';

/**
 * Evaluates in this process, one point after another, through `jit`, which is loaded with the first point. An objective is
 * traced once, for all grids that are made with one runner.
 *
 * @param options passed to `jit`.
 * @returns the runner; the caller disposes it.
 * @throws {SegscapeError} evaluating: `BAD_OPTION` for a named objective, one that gives no losses, and options that `jit` does not
 *   have; `SHAPE_MISMATCH` for a loss that is not one number; `ABORTED`.
 */
export function inline(options: JitOptions = {}): GridRunner {
  let made: Promise<Omit<GridRunner, 'name'>> | undefined;
  return {
    name: 'inline',
    async *evaluate(job) {
      made ??= import('./inline-runner.js').then(({ inlineRunner }) => inlineRunner(options));
      yield* (await made).evaluate(job);
    },
    dispose: async () => (await made)?.dispose(),
  };
}
