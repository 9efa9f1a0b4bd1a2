import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { Position } from './state.js';
import type { StepResult, StepState } from './step.js';

/** What a step tells. */
interface StepNumbers {
  readonly loss: number;
  readonly gradientNorm?: number;
  readonly learningRate?: number;
}

/** A step that was begun: its tensors may still be on their way. */
export interface BegunStep {
  readonly next: StepState;
  readonly numbers: Promise<StepNumbers>;
  readonly standing: { readonly batchSize: number; readonly epoch: number; readonly step: number };
  /** Where the training is after it. */
  readonly after: Pick<Position, 'step' | 'averaged'>;
  readonly batches: number;
  readonly ids: readonly string[];
  /** By the clock of `performance`. */
  readonly started: number;
}

async function numbersOf(tensors: Readonly<Record<string, Tensor | undefined>>): Promise<StepNumbers> {
  const told = Object.entries(tensors).filter((entry): entry is [string, Tensor] => entry[1] !== undefined);
  try {
    const values = told.map(async ([name, value]) => [name, (await value.data())[0]!] as const);
    return Object.fromEntries(await Promise.all(values)) as unknown as StepNumbers;
  } finally {
    dispose(told.map(([, value]) => value));
  }
}

/**
 * The state after a step, and its numbers, which are asked for at once: a graphics card answers in order, and would give them after
 * the next step otherwise.
 */
export function parted({
  loss,
  gradientNorm,
  learningRate,
  ...next
}: StepResult): Pick<BegunStep, 'next' | 'numbers'> {
  const numbers = numbersOf({ loss, gradientNorm, learningRate });
  // Whoever waits for them hears what went wrong; a step that is dropped has nobody.
  numbers.catch(() => undefined);
  return { next, numbers };
}

/** Disposes of a state. */
export const release = ({ params, optimizer, average = {} }: StepState): void =>
  dispose([params, optimizer, average].flatMap(Object.values));

/** Disposes of a step that was begun in vain. */
export async function drop({ next, numbers }: BegunStep): Promise<void> {
  release(next);
  await numbers.catch(() => undefined);
}
