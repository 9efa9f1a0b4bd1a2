import { assertOption } from '@segscape/core';

/**
 * Epochs at which to keep a checkpoint so that a film of a training shows its fast beginning: 0, the last, and others whose
 * distances grow by a constant factor.
 *
 *     logSpacedEpochs(100, 8); // [0, 1, 3, 6, 13, 26, 51, 100]
 *
 * @param last the last epoch, at least 0.
 * @param count most epochs; fewer when they would fall on one another. Default 12.
 * @returns epochs, ascending.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function logSpacedEpochs(last: number, count = 12): number[] {
  const where = 'logSpacedEpochs';
  assertOption(Number.isInteger(last) && last >= 1, where, 'last', last, 'be a whole number >= 1');
  assertOption(Number.isInteger(count) && count >= 2, where, 'count', count, 'be a whole number >= 2');
  const epochs = Array.from({ length: count }, (_, k) => Math.round((last + 1) ** (k / (count - 1)) - 1));
  return [...new Set(epochs)];
}
