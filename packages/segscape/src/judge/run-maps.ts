import { resolve } from 'node:path';
import { isSegscapeError, SegscapeError } from '@segscape/core';
import type { Dataset } from '@segscape/data';
import type { JitOptions } from '@segscape/jit';
import { fsStorage } from '@segscape/runs/node';
import {
  openPredictor,
  type Predictor,
  type ProbabilityMaps,
  predictedMaps,
  readModelRecord,
} from '@segscape/study';
import { registryOf } from '../plugins.js';

/** What the networks of a run make of images that they never saw, by the losses they were trained with. */
export interface RunMaps {
  readonly maps: Readonly<Record<string, ProbabilityMaps>>;
  readonly notes: readonly string[];
  dispose(): Promise<void>;
}

/** Opens the first network of each loss; one that was not trained to its end is told of. */
export async function mapsOfRun(
  model: string,
  {
    images,
    truth,
    of,
    jit,
    signal,
  }: {
    readonly images: Dataset;
    readonly truth: Dataset;
    /** Which of classes that overlap is judged. */
    readonly of: string | undefined;
    readonly jit: JitOptions;
    readonly signal: AbortSignal;
  },
): Promise<RunMaps> {
  const storage = fsStorage(resolve(model));
  const { classes, losses, overlapping = false } = await readModelRecord(storage);
  const judged = judgedClass(of, classes, overlapping);
  if (!overlapping && classes.length !== truth.classes.length)
    throw new SegscapeError(
      'BAD_OPTION',
      `judge: the run tells ${classes.length} classes apart (${classes.join(', ')}), the truth has ${truth.classes.length} (${truth.classes.join(', ')}). Give --classes and --mask-values as the run was trained.`,
      { details: { run: classes, truth: truth.classes } },
    );
  const registry = await registryOf(storage, resolve(model));
  const open = new Map<string, Predictor>();
  const notes: string[] = [];
  const dispose = async () => {
    for (const predictor of open.values()) await predictor.dispose();
  };
  try {
    for (const loss of losses)
      try {
        open.set(loss, await openPredictor(storage, { loss, jit, registry }));
      } catch (error) {
        if (!isSegscapeError(error, 'NOT_FOUND')) throw error;
        notes.push(`'${loss}' was not trained to its end and is left out`);
      }
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    maps: Object.fromEntries(
      [...open].map(([loss, predictor]) => [loss, predictedMaps(predictor, images, signal, judged)]),
    ),
    notes,
    dispose,
  };
}

/** Which class of a run is judged: of those that overlap one, of those that exclude each other all. */
function judgedClass(
  of: string | undefined,
  classes: readonly string[],
  overlapping: boolean,
): number | undefined {
  const known = classes.join(', ');
  if (overlapping && (of === undefined || !classes.includes(of)))
    throw new SegscapeError(
      'BAD_OPTION',
      `judge: the classes of the run overlap, so that they are judged one by one; --class was ${of === undefined ? 'not given' : `'${of}'`}. Name one of ${known}, with --truth of that class alone.`,
      { details: { option: 'class', value: of, classes } },
    );
  if (!overlapping && of !== undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `judge: --class is for runs whose classes overlap; those of this run exclude each other (${known}) and are judged together. Leave it out.`,
      { details: { option: 'class', value: of, classes } },
    );
  return of === undefined ? undefined : classes.indexOf(of);
}
