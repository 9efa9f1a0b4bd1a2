import { assertOption, type Params, SegscapeError } from '@segscape/core';
import type { JitOptions } from '@segscape/jit';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { assertFresh, disposeBatch, labelsOf, type TrainBatch } from './batch.js';
import { orExplained } from './exhausted.js';
import { assertLogits } from './probabilities.js';
import { scalarsOf } from './scalars.js';
import { assertScalar, type TrainableModel } from './step.js';
import type { StepLabels, StepLoss } from './step-loss.js';

/** Streaming scores; those of `@segscape/metrics` fit: `metrics: () => segmentationMetrics({ classes })`. */
export interface Scorer {
  /** Borrows the tensors. */
  update(labels: Tensor, logits: Tensor, ids?: readonly string[]): Promise<void> | void;
  /**
   * Numbers by name, also in lists and records, which become `iou.disc` (by the names in `classes`, else `iou.0`) and
   * `iou.mean`. What is no number is passed over.
   */
  compute(): object;
}

export type Measures = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Batches one after another, from a generator, a stream or a plain list. */
export type Batches = AsyncIterable<TrainBatch> | Iterable<TrainBatch>;

export interface EvaluatorOptions {
  readonly model: TrainableModel;
  readonly loss: StepLoss;
  /** Parts of the loss by name, the terms of a sum say, without their weights: each split tells their means as `loss.<name>`. */
  readonly terms?: Readonly<Record<string, StepLoss>>;
  /**
   * Batches to evaluate on, by split name: `{ train, test }`. Asked anew for each evaluation; every batch is disposed when it
   * is scored, so give new tensors each time, or clones of those that you keep.
   */
  readonly validation?: Readonly<Record<string, () => Batches>>;
  /** A fresh scorer for each evaluation. */
  readonly metrics?: (split: string) => Scorer;
  /** Stops before the next batch. */
  readonly signal?: AbortSignal;
  /** Passed to `jit`. */
  readonly jit?: JitOptions;
}

/** Where a training stands that is evaluated. */
interface EvaluatedAt {
  /** Epochs done. */
  readonly epoch: number;
  /** Steps done. */
  readonly step: number;
}

/** Forward pass and loss on each split, without touching the weights. Loads the compiler. */
export async function evaluator({
  model,
  loss,
  terms = {},
  validation = {},
  metrics,
  signal,
  jit: jitOptions,
}: EvaluatorOptions) {
  const { jit } = await import('@segscape/jit');
  const forward = jit(
    ({ params, images, labels }: { params: Params; images: Tensor; labels: StepLabels }) => {
      const { logits } = model.forward(params, images, { training: false });
      const parts = Object.entries(terms).map(([name, term]): [string, Tensor] => {
        const value = term(labels, logits);
        assertScalar(`fit: terms.${name}`, value);
        return [`loss.${name}`, value];
      });
      const whole = loss(labels, logits);
      assertScalar('fit: the loss', whole);
      return { logits, losses: { loss: whole, ...Object.fromEntries(parts) } };
    },
    jitOptions,
  );

  async function split(
    name: string,
    source: () => Batches,
    params: Params,
    { epoch, step }: EvaluatedAt,
  ): Promise<Readonly<Record<string, number>> | undefined> {
    const scorer = metrics?.(name);
    const totals: Record<string, number> = { loss: 0 };
    let samples = 0;
    for await (const batch of source()) {
      if (signal?.aborted) {
        disposeBatch(batch);
        return undefined;
      }
      try {
        assertFresh(batch, `validation.${name}`);
        const standing = { batchSize: batch.images.shape[0]!, epoch, step, split: name };
        const given = { params, images: batch.images, labels: labelsOf(batch, loss, epoch) };
        const result = await orExplained(forward(given), standing);
        try {
          const n = batch.images.shape[0]!;
          const parts = Object.entries(result.losses);
          // Asked for together: on a GPU each wait for a number costs as much as many of them.
          const values = await Promise.all(parts.map(([, value]) => value.data()));
          for (const [i, [term]] of parts.entries()) totals[term] = (totals[term] ?? 0) + values[i]![0]! * n;
          samples += n;
          await scorer?.update(batch.labels, result.logits, batch.ids);
        } finally {
          dispose([result.logits, ...Object.values(result.losses)]);
        }
      } finally {
        disposeBatch(batch);
      }
    }
    // Batches that end by the same signal.
    if (samples === 0 && signal?.aborted) return undefined;
    // A loss of 0 would be the best of all.
    if (samples === 0)
      throw new SegscapeError(
        'EMPTY_DATASET',
        `fit: validation.${name} gave no batch. Leave an empty split out, and give new batches for every evaluation: a generator that has ended gives none.`,
        { details: { split: name } },
      );
    const means = Object.entries(totals).map(([term, total]): [string, number] => [term, total / samples]);
    const scores = scorer ? scalarsOf(scorer.compute()) : {};
    const twice = Object.keys(scores).find((score) => Object.hasOwn(totals, score));
    const must = `name no score '${twice}', which the mean loss is called`;
    assertOption(twice === undefined, 'fit', 'metrics', twice, must);
    return { ...Object.fromEntries(means), ...scores };
  }

  return {
    /** One forward pass of a batch that is about to be trained on, to see that the loss is given what it takes. */
    async look(params: Params, batch: TrainBatch, epoch: number): Promise<void> {
      const result = await forward({ params, images: batch.images, labels: labelsOf(batch, loss, epoch) });
      try {
        await assertLogits(loss, result.logits);
      } finally {
        dispose([result.logits, ...Object.values(result.losses)]);
      }
    },
    /**
     * The measures by split, with the loss's weights of an epoch; undefined where the signal came before the last batch.
     * @throws {SegscapeError} `BACKEND_UNAVAILABLE` where memory or the device was at an end.
     */
    async all(params: Params, at: EvaluatedAt): Promise<Measures | undefined> {
      const measures: Record<string, Readonly<Record<string, number>>> = {};
      for (const [name, source] of Object.entries(validation)) {
        const measured = await split(name, source, params, at);
        if (measured === undefined) return undefined;
        measures[name] = measured;
      }
      return measures;
    },
    dispose: forward.dispose,
  };
}
