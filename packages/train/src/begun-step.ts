import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { Position } from './state.js';
import type { StepResult, StepState } from './step.js';

/** A step that was begun: its tensors may still be on their way. */
export interface BegunStep {
  readonly next: StepState;
  readonly told: Readonly<Record<string, Tensor>>;
  readonly standing: { readonly batchSize: number; readonly epoch: number; readonly step: number };
  /** Where the training is after it. */
  readonly after: Pick<Position, 'step' | 'averaged'>;
  readonly batches: number;
  readonly ids: readonly string[];
  /** By the clock of `performance`. */
  readonly started: number;
}

/** What a step tells, and the state after it. */
export function parted({ loss, gradientNorm, learningRate, ...next }: StepResult) {
  const told = { loss, ...(gradientNorm && { gradientNorm }), ...(learningRate && { learningRate }) };
  return { next, told };
}

/** The numbers that a step tells, asked for at once: a graphics card is waited for once. */
export async function numbersOf({ told }: BegunStep) {
  try {
    const values = await Promise.all(
      Object.entries(told).map(async ([name, value]) => [name, (await value.data())[0]!] as const),
    );
    return Object.fromEntries(values) as { loss: number; gradientNorm?: number; learningRate?: number };
  } finally {
    dispose(Object.values(told));
  }
}

/** Disposes of a state. */
export const release = ({ params, optimizer, average = {} }: StepState): void =>
  dispose([params, optimizer, average].flatMap(Object.values));

/** Disposes of a step that was begun in vain. */
export function drop({ next, told }: BegunStep): void {
  dispose(Object.values(told));
  release(next);
}
