import { assertOption, isTensor, SegscapeError } from '@segscape/core';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { StepLoss } from './step-loss.js';

/** What training takes from a batch; the batches of `@segscape/data` fit. */
export interface TrainBatch {
  readonly images: Tensor;
  readonly labels: Tensor;
  readonly prepared?: Readonly<Record<string, Tensor>>;
  readonly ids?: readonly string[];
}

/** Labels as a compiled step is given them: the weights of an epoch as numbers, which it sees as scalars. */
export interface GivenLabels {
  readonly labels: Tensor;
  readonly [prepared: string]: Tensor | number;
}

/** Labels with what was prepared beside them, and the loss's weights of an epoch: data, so that no epoch is traced anew. */
export const labelsOf = (
  { labels, prepared }: TrainBatch,
  { weightsAt }: StepLoss,
  epoch: number,
): GivenLabels => ({ ...prepared, ...weightsAt?.(epoch), labels });

export const disposeBatch = ({ images, labels, prepared }: TrainBatch) =>
  dispose([images, labels, ...Object.values(prepared ?? {})]);

/**
 * Refuses a batch that holds no tensors, and one that comes a second time: it was disposed after the first, and the engine's own error
 * would not say by whom.
 */
export function assertFresh({ images, labels, prepared, ids }: TrainBatch, source: string): void {
  const parts = Object.entries({ images, labels, ...prepared });
  for (const [name, value] of parts)
    assertOption(
      isTensor(value),
      'fit',
      `${name} of a batch of ${source}`,
      value,
      'be a tensor: batches are { images, labels }',
    );
  const spent = parts.find(([, { isDisposed }]) => isDisposed);
  if (spent === undefined) return;
  throw new SegscapeError(
    'BAD_OPTION',
    `fit: '${spent[0]}' of a batch of ${source}${ids ? ` (samples ${ids.join(', ')})` : ''} has been disposed. ` +
      'Batches are disposed after use: give new tensors each time, or clones of those that you keep.',
    { details: { option: source, tensor: spent[0] } },
  );
}
