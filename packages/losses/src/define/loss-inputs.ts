import { assertOption, isTensor } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LossLabels } from '../loss.js';

/**
 * Checks that something that a loss is called with is a tensor which still has its values.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function assertTensor(where: string, name: string, value: unknown): asserts value is Tensor {
  const gone = isTensor(value) && value.isDisposed;
  const must = 'be a tensor, as tensor(values, shape) makes one, and not be disposed before';
  assertOption(isTensor(value) && !gone, where, name, gone ? 'disposed' : value, must);
}

/**
 * Labels alone, or with what `prepare` made of them, as the losses' bodies see them. Weights of terms may be plain numbers.
 * @throws {SegscapeError} `BAD_OPTION` where something is no tensor.
 */
export function labelsOf(where: string, given: unknown): LossLabels {
  const isRecord = typeof given === 'object' && given !== null && 'labels' in given;
  const { labels, ...prepared } = isRecord ? (given as LossLabels['prepared']) : { labels: given };
  assertTensor(where, 'labels', labels);
  for (const [name, value] of Object.entries(prepared))
    if (value !== undefined && typeof value !== 'number') assertTensor(where, name, value);
  return { labels, prepared: prepared as LossLabels['prepared'] };
}
