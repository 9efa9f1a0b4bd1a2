import { type Params, SegscapeError, throwIfAborted } from '@segscape/core';
import { type JitOptions, jit } from '@segscape/jit';
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
 * Evaluates in this process, one point after another, through `jit`. An objective is traced once, for all grids
 * that are made with one runner.
 * @param options passed to `jit`.
 */
export function inline(options: JitOptions = {}): GridRunner {
  const steps = new Map<Objective, ReturnType<typeof traced>>();
  const traced = (objective: Objective) => jit(gridStep(objective), options);
  return {
    name: 'inline',
    async *evaluate({ objective, params, directions, batches, shares, points, signal }) {
      if (typeof objective !== 'function')
        throw new SegscapeError(
          'BAD_OPTION',
          `inline: got the named objective '${objective.kind}'; expected a function. Build it from your registry, or use threads().`,
        );
      const step = steps.get(objective) ?? traced(objective);
      steps.set(objective, step);
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
