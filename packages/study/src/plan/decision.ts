import type { Storage } from '@segscape/core';
import type { StudyConfig } from '../config/schema.js';
import { recordedJson } from './recorded-json.js';

/** One look at the scores, with so many seeds. */
export interface Look {
  readonly seeds: readonly number[];
  readonly losses: readonly string[];
  /** Epochs of the trainings. */
  readonly epochs: number;
  readonly leader: string;
  /** The largest p of the leader against another loss, after Holm's correction over all pairs. */
  readonly p: number;
  /** What p had to be below. */
  readonly alpha: number;
  readonly settled: boolean;
}

/** How a study that adds seeds until it is decided went on: `decision.json` of its run. */
export interface DecisionFact {
  /** What decides. */
  readonly measure: string;
  /** All seeds so far, those of the config first. */
  readonly seeds: readonly number[];
  readonly looks: readonly Look[];
  /** In words; absent while it is not known how it ends. */
  readonly sentence?: string;
}

const path = 'decision.json';

export const readDecision = (storage: Storage): Promise<DecisionFact | undefined> =>
  recordedJson(storage, path);

export const writeDecision = (storage: Storage, fact: DecisionFact): Promise<void> =>
  storage.write(path, JSON.stringify(fact, null, 2));

/** Two seeds are a difference and no spread to speak of. */
const fewestSeeds = 3;

/** The config with more seeds, each one above the largest. */
export function withSeeds(config: StudyConfig, count: number, known: readonly number[] = []): StudyConfig {
  const seeds = [...config.training.seeds, ...known.filter((seed) => !config.training.seeds.includes(seed))];
  while (seeds.length < count) seeds.push(Math.max(...seeds) + 1);
  return { ...config, training: { ...config.training, seeds } };
}

/** The config with the seeds that its run has come to, where it adds some. */
export async function withDecidedSeeds(storage: Storage, config: StudyConfig): Promise<StudyConfig> {
  if (config.training.until === undefined) return config;
  return withSeeds(config, fewestSeeds, (await readDecision(storage))?.seeds);
}

/** Of all looks together. */
const level = 0.05;

/**
 * What p must be below at the k-th look, `0.05 / (k (k + 1))`: these sum to 0.05 however many looks there are, so that by the union
 * bound the chance of settling on a leader that is none stays below 5 %, also where a run is asked for more seeds later.
 * @param k counted from 1.
 * @see Lan, DeMets, Discrete sequential boundaries for clinical trials, 1983 (spending a level over looks).
 *   https://doi.org/10.1093/biomet/70.3.659
 */
export const alphaAt = (k: number): number => level / (k * (k + 1));
