import { isSegscapeError, type Storage } from '@segscape/core';
import type { LearningRatesFact } from '@segscape/report';
import { comparedLosses } from '../setup.js';
import type { TaskContext } from './context.js';

/** A learning rate that was tried for a loss. */
export interface TriedRate {
  readonly rate: number;
  /** What the validation images said after each epoch: the measure that chooses, and the loss. */
  readonly epochs: readonly { readonly epoch: number; readonly value: number; readonly loss: number }[];
  /** Why it was given up. */
  readonly diverged?: string;
}

export interface TriedLoss {
  readonly loss: string;
  /** By rising rate. */
  readonly tried: readonly TriedRate[];
  /** Absent while the search is under way. */
  readonly chosen?: number;
}

/** A search for learning rates, as a run keeps it in `learning-rates.json`. */
export interface RatesRecord {
  /** Validation measure that chose. */
  readonly measure: string;
  /** Of the trainings that were cut short. */
  readonly seed: number;
  readonly rates: readonly number[];
  /** Epochs after which half of the candidates were given up. */
  readonly rungs: readonly number[];
  readonly losses: readonly TriedLoss[];
}

const path = 'learning-rates.json';

export async function readRates(storage: Storage): Promise<RatesRecord | undefined> {
  try {
    const text = new TextDecoder().decode(await storage.read(path));
    // JSON has no NaN: a measure that there is none of was written as null.
    return JSON.parse(text, (_, value) => (value === null ? Number.NaN : value)) as RatesRecord;
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

export const writeRates = (storage: Storage, record: RatesRecord): Promise<void> =>
  storage.write(path, JSON.stringify(record, null, 2));

/** Undefined where no loss has a rate of its own. */
export async function learningRatesFact({
  setup,
  run,
  rates,
}: TaskContext): Promise<LearningRatesFact | undefined> {
  if (rates === undefined || rates.size === 0) return undefined;
  const record = await readRates(run.storage);
  const least = record?.measure.split('.')[0] === 'loss';
  const losses = comparedLosses(setup).flatMap(({ label }) => {
    const rate = rates.get(label);
    if (rate === undefined) return [];
    const searched = record?.losses.find(({ loss, chosen }) => loss === label && chosen === rate);
    const tried = searched?.tried.map(({ rate: own, epochs, diverged }) => {
      const values = epochs.map(({ value }) => value).filter(Number.isFinite);
      const best = least ? Math.min(...values) : Math.max(...values);
      return {
        rate: own,
        epochs: Math.max(0, ...epochs.map(({ epoch }) => epoch)),
        value: diverged !== undefined || values.length === 0 ? Number.NaN : best,
      };
    });
    return [{ loss: label, rate, ...(tried && { tried }) }];
  });
  return { measure: record?.measure ?? '', losses };
}
