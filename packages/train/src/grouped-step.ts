import { type Params, SegscapeError } from '@segscape/core';
import type { JitOptions } from '@segscape/jit';
import { add, dispose, mul, scalar, type Tensor, tidy, zerosLike } from '@tensorflow/tfjs-core';
import { disposeBatch, type GivenLabels, type TrainBatch } from './batch.js';
import type { Batches } from './evaluate.js';
import {
  applyGradients,
  batchGradients,
  type StepBatch,
  type StepOptions,
  type StepResult,
  type StepState,
  trainStep,
} from './step.js';

/** A batch of a group, as the step is given it. */
export interface GivenBatch {
  readonly images: Tensor;
  readonly labels: GivenLabels;
  readonly seed: number;
}

/**
 * Batches by so many, the last group what is left. Whoever takes a group disposes it.
 * @param done batches that were trained on before a stop; read again so that the order is the same.
 * @throws {SegscapeError} `BAD_OPTION` where there are fewer: these are not the data of that training.
 */
export async function* grouped(
  batches: Batches,
  size: number,
  done: number,
): AsyncGenerator<readonly TrainBatch[]> {
  const group: TrainBatch[] = [];
  let passed = 0;
  const taken = () => group.splice(0);
  try {
    for await (const batch of batches) {
      if (passed++ < done) disposeBatch(batch);
      else if (group.push(batch) === size) yield taken();
    }
    if (passed < done)
      throw new SegscapeError(
        'BAD_OPTION',
        `fit: resumeFrom has done ${done} batches of its epoch, and data gave ${passed}. Resume with the data and the batch size that made it, or from the end of an epoch.`,
        { details: { option: 'data', expected: done, given: passed } },
      );
    if (group.length > 0) yield taken();
  } finally {
    taken().forEach(disposeBatch);
  }
}

interface Sums {
  readonly grads: Params;
  readonly loss: Tensor;
}

/**
 * A compiled step over a group of batches: one update by the mean of their gradients, each batch by its share of the group's
 * images, so that it is the gradient of the mean loss over all of these images. One batch after the other is in memory with its
 * activations; statistics of batch normalisation move with each. A single batch takes the plain step. Loads the compiler.
 */
export async function groupedStep(parts: StepOptions, options?: JitOptions) {
  const { jit } = await import('@segscape/jit');
  const plain = jit(trainStep(parts), options);
  const gradients = batchGradients(parts);
  const summed = jit(
    ({ sums, share, ...batch }: Omit<StepBatch, 'keep'> & { params: Params; sums: Sums; share: Tensor }) =>
      tidy(() => {
        const { loss, grads, updates } = gradients(batch);
        const next = Object.entries(sums.grads).map(([name, sum]) => [
          name,
          add(sum, mul(grads[name]!, share)),
        ]);
        return {
          sums: { grads: Object.fromEntries(next) as Params, loss: add(sums.loss, mul(loss, share)) },
          updates,
        };
      }),
    options,
  );
  const applied = jit(applyGradients(parts), options);

  async function overSeveral(
    state: StepState,
    group: readonly GivenBatch[],
    keep: { readonly keep?: number },
  ): Promise<StepResult> {
    const images = group.reduce((sum, batch) => sum + batch.images.shape[0]!, 0);
    const trainable = Object.entries(state.params).filter(([name]) => parts.model.isTrainable(name));
    let sums: Sums = {
      grads: Object.fromEntries(trainable.map(([name, value]) => [name, zerosLike(value)])),
      loss: scalar(0),
    };
    let updates: Params = {};
    try {
      for (const batch of group) {
        const share = batch.images.shape[0]! / images;
        const params = { ...state.params, ...updates };
        const next = await summed({ ...batch, params, sums, share });
        dispose([sums.loss, ...Object.values(sums.grads), ...Object.values(updates)]);
        ({ sums, updates } = next);
      }
      const next = await applied({ ...state, grads: sums.grads, updates, ...keep });
      return { ...next, loss: sums.loss.clone() };
    } finally {
      dispose([sums.loss, ...Object.values(sums.grads), ...Object.values(updates)]);
    }
  }

  return {
    /**
     * The next state and the mean loss of the group; what it is given stays the caller's.
     * @param keep share of the running average that is kept, where there is one.
     */
    run(state: StepState, group: readonly GivenBatch[], keep: number | undefined): Promise<StepResult> {
      const kept = { ...(keep !== undefined && { keep }) };
      const [first] = group;
      return first !== undefined && group.length === 1
        ? plain({ ...state, ...first, ...kept })
        : overSeveral(state, group, kept);
    },
    async dispose(): Promise<void> {
      await Promise.all([plain.dispose(), summed.dispose(), applied.dispose()]);
    },
  };
}
