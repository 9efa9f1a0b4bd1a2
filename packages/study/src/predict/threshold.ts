import { assertOption, isSegscapeError, type Raster, type Storage } from '@segscape/core';
import { openRun } from '@segscape/runs';
import type { ModelRecord } from '../model-record.js';
import type { Evaluation } from '../tasks/evaluation.js';
import type { Member } from './members.js';

/** Above which probability a pixel is of the second class, and who says so. */
export interface Threshold {
  readonly value: number;
  readonly from: 'caller' | 'validation';
}

/** What the run chose for these networks on its validation images: the mean, if it did for each of them. */
async function recorded(given: Storage, members: readonly Member[]): Promise<number | undefined> {
  try {
    const { storage } = await openRun(given);
    const { scores } = JSON.parse(
      new TextDecoder().decode(await storage.read('evaluation.json')),
    ) as Evaluation;
    const values = members.map(
      ({ loss, seed, fold, epoch }) =>
        scores.find(
          (score) =>
            score.loss === loss && score.seed === seed && score.fold === fold && score.epoch === epoch,
        )?.threshold?.value ?? Number.NaN,
    );
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Number.isNaN(mean) ? undefined : mean;
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

/** The threshold that is wanted, or undefined where the likelier class is taken. @throws {SegscapeError} `BAD_OPTION`. */
export async function chosenThreshold(
  storage: Storage,
  wanted: number | 'validation' | undefined,
  { classes, overlapping = false }: Pick<ModelRecord, 'classes' | 'overlapping'>,
  members: readonly Member[],
): Promise<Threshold | undefined> {
  if (wanted === undefined) return undefined;
  if (wanted === 'validation') {
    const value = classes.length === 2 && !overlapping ? await recorded(storage, members) : undefined;
    return value === undefined ? undefined : { value, from: 'validation' };
  }
  const where = 'openPredictor';
  assertOption(wanted > 0 && wanted < 1, where, 'threshold', wanted, 'be a probability in (0, 1)');
  assertOption(
    overlapping || classes.length === 2,
    where,
    'threshold',
    wanted,
    `go with two classes; the run has ${classes.length}, of which the likeliest is taken`,
  );
  return { value: wanted, from: 'caller' };
}

/** Class 1 where its probability is above the threshold, else class 0; uint8, one channel. */
export function above({ data, ...rest }: Raster, threshold: number): Raster {
  const classes = Uint8Array.from({ length: data.length / 2 }, (_, i) =>
    Number(data[2 * i + 1]! > threshold),
  );
  return { ...rest, data: classes, channels: 1 };
}
