import { SegscapeError, throwIfAborted } from '@segscape/core';
import type { JitOptions, Jitted } from '@segscape/jit';
import { dispose, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { compiled } from './compiled.js';
import type { GridRunner } from './grid-runner.js';
import { gridStep, type StepArguments } from './grid-step.js';
import type { Objective } from './objective.js';

/** What `inline` of the main entry loads with the first point. */
export function inlineRunner(options: JitOptions): Omit<GridRunner, 'name'> {
  const steps = new Map<Objective, Jitted<StepArguments, Record<string, Scalar>>>();
  return {
    async *evaluate({ objective, params, directions, batches, shares, points, signal }) {
      if (typeof objective !== 'function')
        throw new SegscapeError(
          'BAD_OPTION',
          `inline: got the named objective '${objective.kind}'; expected a function. Build it from your registry, or use threads().`,
        );
      const step = steps.get(objective) ?? compiled('inline', gridStep(objective), options);
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
