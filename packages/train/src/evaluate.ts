import type { Params } from '@segscape/core';
import { type JitOptions, jit } from '@segscape/jit';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { StepLabels, StepLoss, TrainableModel } from './step.js';

/** What training takes from a batch; the batches of `@segscape/data` fit. */
export interface TrainBatch {
  readonly images: Tensor;
  readonly labels: Tensor;
  readonly prepared?: Readonly<Record<string, Tensor>>;
  readonly ids?: readonly string[];
}

/** Streaming scores; those of `@segscape/metrics` fit. */
export interface Scorer {
  update(labels: Tensor, logits: Tensor, ids?: readonly string[]): Promise<void>;
  /** Numbers by name. */
  compute(): Readonly<Record<string, number>>;
}

export type Measures = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface EvaluatorOptions {
  readonly model: TrainableModel;
  readonly loss: StepLoss;
  /** Batches to evaluate on, by split name: `{ train, test }`. */
  readonly validation?: Readonly<Record<string, () => AsyncIterable<TrainBatch>>>;
  /** A fresh scorer for each evaluation. */
  readonly metrics?: (split: string) => Scorer;
  /** Stops before the next batch. */
  readonly signal?: AbortSignal;
  /** Passed to `jit`. */
  readonly jit?: JitOptions;
}

export const labelsOf = ({ labels, prepared }: TrainBatch): StepLabels => ({ ...prepared, labels });

export const disposeBatch = ({ images, labels, prepared }: TrainBatch) =>
  dispose([images, labels, ...Object.values(prepared ?? {})]);

/** Forward pass and loss on each split, without touching the weights. */
export function evaluator({
  model,
  loss,
  validation = {},
  metrics,
  signal,
  jit: jitOptions,
}: EvaluatorOptions) {
  const forward = jit(
    ({ params, images, labels }: { params: Params; images: Tensor; labels: StepLabels }) => {
      const { logits } = model.forward(params, images, { training: false });
      return { logits, loss: loss(labels, logits) };
    },
    jitOptions,
  );

  async function split(
    name: string,
    source: () => AsyncIterable<TrainBatch>,
    params: Params,
  ): Promise<Readonly<Record<string, number>> | undefined> {
    const scorer = metrics?.(name);
    let total = 0;
    let samples = 0;
    for await (const batch of source()) {
      if (signal?.aborted) {
        disposeBatch(batch);
        return undefined;
      }
      const result = await forward({ params, images: batch.images, labels: labelsOf(batch) } as never);
      try {
        const n = batch.images.shape[0]!;
        total += (await result.loss.data())[0]! * n;
        samples += n;
        await scorer?.update(batch.labels, result.logits, batch.ids);
      } finally {
        dispose(result);
        disposeBatch(batch);
      }
    }
    return { loss: total / Math.max(1, samples), ...scorer?.compute() };
  }

  return {
    /** The measures by split; undefined where the signal came before the last batch. */
    async all(params: Params): Promise<Measures | undefined> {
      const measures: Record<string, Readonly<Record<string, number>>> = {};
      for (const [name, source] of Object.entries(validation)) {
        const measured = await split(name, source, params);
        if (measured === undefined) return undefined;
        measures[name] = measured;
      }
      return measures;
    },
    dispose: forward.dispose,
  };
}
