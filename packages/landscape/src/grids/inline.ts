import { assertOption, type Params, SegscapeError, throwIfAborted } from '@segscape/core';
import type { JitOptions, Jitted } from '@segscape/jit';
import { add, dispose, mul, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import type { GridRunner } from './grid-runner.js';
import type { Objective } from './objective.js';

/** What goes into one evaluation: everything that changes between points and grids. */
interface StepArguments {
  readonly params: Params;
  readonly directions: readonly Params[];
  readonly offsets: readonly Scalar[];
  /** Any `Batch`: jit walks the tree itself, and its types need not. */
  readonly batch: Tensor;
}

/** The step of a grid, pure: move the parameters along the directions, then evaluate. */
const gridStep =
  (objective: Objective) =>
  ({ params, directions, offsets, batch }: StepArguments): Record<string, Scalar> => {
    const moved: Params = { ...params };
    directions.forEach((direction, k) => {
      for (const [name, d] of Object.entries(direction)) moved[name] = add(moved[name]!, mul(d, offsets[k]!));
    });
    return objective(moved, batch);
  };

/**
 * Evaluates in this process, one point after another, through `jit`, which is loaded with the first point. An objective is
 * traced once, for all grids that are made with one runner.
 *
 * @param options passed to `jit`.
 * @returns the runner; the caller disposes it.
 * @throws {SegscapeError} evaluating: `BAD_OPTION` for a named objective, and for options that `jit` does not have; `ABORTED`.
 */
export function inline(options: JitOptions = {}): GridRunner {
  const steps = new Map<Objective, Jitted<StepArguments, Record<string, Scalar>>>();
  const stepOf = async (objective: Objective) => {
    const { compiled } = await import('./compiled.js');
    const step = steps.get(objective) ?? compiled('inline', gridStep(objective), options);
    steps.set(objective, step);
    return step;
  };
  return {
    name: 'inline',
    async *evaluate({ objective, params, directions, batches, shares, points, signal }) {
      if (typeof objective !== 'function')
        throw new SegscapeError(
          'BAD_OPTION',
          `inline: got the named objective '${objective.kind}'; expected a function. Build it from your registry, or use threads().`,
        );
      const step = await stepOf(objective);
      for (const { index, offsets } of points) {
        const means = new Map<string, number>();
        for (const [k, batch] of batches.entries()) {
          throwIfAborted(signal, 'landscape');
          const result = await step({ params, directions, offsets, batch: batch as Tensor });
          try {
            for (const [name, value] of Object.entries(result))
              means.set(name, (means.get(name) ?? 0) + shares[k]! * (await value.data())[0]!);
          } finally {
            dispose(result);
          }
        }
        const finite = [...means].map(
          ([name, value]) => [name, Number.isFinite(value) ? value : Number.NaN] as const,
        );
        // A loss may be called anything, `__proto__` too.
        yield { index, values: Object.fromEntries(finite) };
      }
    },
    async dispose() {
      const held = [...steps.values()];
      steps.clear();
      await Promise.all(held.map((step) => step.dispose()));
    },
  };
}

/** Who evaluates: the runner that was given, or one that is made and must be released. */
export interface ChosenRunner {
  readonly runner: GridRunner;
  /** Disposes a runner that was made here. */
  release(): Promise<void>;
}

/** @throws {SegscapeError} `BAD_OPTION` for `jit` beside a runner. */
export function runnerOf(
  where: string,
  options: {
    readonly runner?: GridRunner | undefined;
    readonly executor?: GridRunner | undefined;
    readonly jit?: JitOptions | undefined;
  },
): ChosenRunner {
  const given = options.runner ?? options.executor;
  assertOption(
    given === undefined || options.jit === undefined,
    where,
    'jit',
    options.jit,
    'not stand beside a runner, which has its own: inline(jit), threads({ jit })',
  );
  if (given) return { runner: given, release: async () => {} };
  const made = inline(options.jit);
  return { runner: made, release: () => made.dispose() };
}
