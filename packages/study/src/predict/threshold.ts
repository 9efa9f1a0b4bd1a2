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

/** What a threshold has to go with. */
type Classes = Pick<ModelRecord, 'classes' | 'overlapping'>;

/**
 * The threshold that is wanted, or undefined where the likelier class is taken.
 * @param where for errors.
 * @param validated what validation chose, if it did.
 * @throws {SegscapeError} `BAD_OPTION` for one that is no probability, and for more than two classes that exclude each other.
 */
export function settledThreshold(
  where: string,
  wanted: number | 'validation' | undefined,
  { classes, overlapping = false }: Classes,
  validated: number | undefined,
): Threshold | undefined {
  if (wanted === undefined) return undefined;
  const two = classes.length === 2 && !overlapping;
  if (wanted === 'validation')
    return two && validated !== undefined ? { value: validated, from: 'validation' } : undefined;
  assertOption(wanted > 0 && wanted < 1, where, 'threshold', wanted, 'be a probability in (0, 1)');
  assertOption(
    two || overlapping,
    where,
    'threshold',
    wanted,
    `go with two classes; there are ${classes.length}, of which the likeliest is taken`,
  );
  return { value: wanted, from: 'caller' };
}

/** The same of networks of a run, which records what validation chose. */
export const chosenThreshold = async (
  storage: Storage,
  wanted: number | 'validation' | undefined,
  classes: Classes,
  members: readonly Member[],
): Promise<Threshold | undefined> =>
  settledThreshold(
    'openPredictor',
    wanted,
    classes,
    wanted === 'validation' ? await recorded(storage, members) : undefined,
  );

/** Class 1 where its probability is above the threshold, else class 0; uint8, one channel. */
export function above({ data, ...rest }: Raster, threshold: number): Raster {
  const classes = Uint8Array.from({ length: data.length / 2 }, (_, i) =>
    Number(data[2 * i + 1]! > threshold),
  );
  return { ...rest, data: classes, channels: 1 };
}
