import { isSegscapeError, SegscapeError } from '@segscape/core';
import type { Run } from '../run.js';

/** The scores of one trained network on the test images. */
export interface TrainingScores {
  readonly loss: string;
  readonly seed: number;
  /** Whose test images these are; 0 of a run without folds. */
  readonly fold: number;
  /** Whose weights were scored; absent in older runs. */
  readonly epoch?: number;
  readonly images: readonly {
    readonly id: string;
    /** By measure; NaN where the image has none. */
    readonly values: ReadonlyMap<string, number>;
  }[];
}

/** What a run says of itself beside its history; each is absent where it has not come so far. */
export interface RecordedFacts {
  readonly scores: readonly TrainingScores[];
  /** Milliseconds since 1970. */
  readonly started?: number;
  /** Of the whole run. */
  readonly minutes?: number;
  readonly finished: boolean;
  readonly diverged: readonly { readonly loss: string; readonly seed: number; readonly fold: number }[];
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const listIn = (value: unknown, name: string): readonly unknown[] => {
  const found = isObject(value) && Object.hasOwn(value, name) ? value[name] : [];
  return Array.isArray(found) ? found : [];
};

async function readJson(run: Run, path: string): Promise<unknown> {
  let text: string;
  try {
    text = new TextDecoder().decode(await run.storage.read(path));
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new SegscapeError('CORRUPT_FILE', `${path}: not JSON. Resume the study to write it again.`, {
      details: { path },
      cause,
    });
  }
}

function keyOf(path: string, entry: unknown, place: number): { loss: string; seed: number; fold: number } {
  if (isObject(entry) && typeof entry.loss === 'string' && Number.isSafeInteger(entry.seed))
    return {
      loss: entry.loss,
      seed: entry.seed as number,
      fold: Number.isSafeInteger(entry.fold) ? (entry.fold as number) : 0,
    };
  throw new SegscapeError(
    'CORRUPT_FILE',
    `${path}: entry ${place + 1} must have a 'loss' (text) and a 'seed' (whole number). Resume the study to write it again.`,
    { details: { path } },
  );
}

const epochOf = (entry: unknown): { epoch?: number } =>
  isObject(entry) && Number.isSafeInteger(entry.epoch) ? { epoch: entry.epoch as number } : {};

function scoresIn(path: string, value: unknown): TrainingScores[] {
  return listIn(value, 'scores').map((entry, place) => ({
    ...keyOf(path, entry, place),
    ...epochOf(entry),
    images: listIn(entry, 'images').flatMap((image) => {
      if (!isObject(image) || typeof image.id !== 'string') return [];
      // JSON has no NaN and holds null; texts beside the id are no measures.
      const values = Object.entries(image).flatMap(([measure, score]): [string, number][] =>
        measure === 'id' || (score !== null && typeof score !== 'number')
          ? []
          : [[measure, score ?? Number.NaN]],
      );
      return [{ id: image.id, values: new Map(values) }];
    }),
  }));
}

/**
 * What `evaluation.json` and `report.json` of a run hold for other tools.
 * @throws {SegscapeError} `CORRUPT_FILE` when one of them is not what a study writes.
 */
export async function recordedFacts(run: Run): Promise<RecordedFacts> {
  const [evaluation, report] = [await readJson(run, 'evaluation.json'), await readJson(run, 'report.json')];
  const first = listIn(report, 'environment')[0];
  const started =
    isObject(first) && typeof first.started === 'string' ? Date.parse(first.started) : Number.NaN;
  const minutes = isObject(report) && typeof report.minutes === 'number' ? report.minutes : undefined;
  return {
    // Masks that were judged have a report and no evaluation.
    scores:
      evaluation === undefined ? scoresIn('report.json', report) : scoresIn('evaluation.json', evaluation),
    finished: isObject(report) && report.unfinished === undefined,
    diverged: listIn(report, 'diverged').map((entry, place) => keyOf('report.json', entry, place)),
    ...(Number.isFinite(started) && { started }),
    ...(minutes !== undefined && { minutes }),
  };
}
