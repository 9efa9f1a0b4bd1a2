import type { PlainTensor } from '@segscape/core';
import { readParams } from '@segscape/core/params';
import type { StepState } from './step.js';

/** Where a training stands: plain data, so that any storage can keep it and any backend go on from it. */
export interface TrainState {
  /** Epochs done. */
  readonly epoch: number;
  /** Batches of the next epoch that are done already. */
  readonly batch: number;
  /** Steps done in all. */
  readonly step: number;
  /** Sum of the losses of the batches done in this epoch, for its mean. */
  readonly lossSum: number;
  readonly params: Readonly<Record<string, PlainTensor>>;
  readonly optimizer: Readonly<Record<string, PlainTensor>>;
}

export type Position = Omit<TrainState, 'params' | 'optimizer'>;

/** Copies a training's tensors to the host. */
export async function captureState(
  position: Position,
  { params, optimizer }: StepState,
): Promise<TrainState> {
  return { ...position, params: await readParams(params), optimizer: await readParams(optimizer) };
}
