import { assertOption, isRecord, isTensor } from '@segscape/core';

/** @throws {SegscapeError} `BAD_OPTION` for anything but a record of tensors. */
export function assertWeights(where: string, name: string, weights: unknown): void {
  const areTensors = isRecord(weights) && Object.values(weights).every(isTensor);
  assertOption(areTensors, where, name, typeof weights, 'be a record of tensors');
}
