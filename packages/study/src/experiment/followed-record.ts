import { isSegscapeError } from '@segscape/core';
import { pathName, type Run } from '@segscape/runs';
import { thinned } from '../plan/experiment-plan.js';
import type { ExperimentPicture, FollowedFact } from './experiment-fact.js';
import { imageFolder } from './experiment-pictures.js';
import type { FollowedRow } from './followed-step.js';

/** What the run folder keeps of an image followed under a loss. */
export interface FollowedRecord {
  /** What it is followed with; another begins anew. */
  readonly of: string;
  /** Drawn so far. */
  readonly pictures: readonly ExperimentPicture[];
  /** Present once it has ended. */
  readonly fact?: FollowedFact;
}

const base = (image: string, loss: string) => `${imageFolder(image)}/${pathName(loss)}`;

const recordPath = (image: string, loss: string) => `${base(image, loss)}.json`;

/** The table of all iterations. */
export const tablePath = (image: string, loss: string) => `${base(image, loss)}.csv`;

/** The rolling checkpoint; no loss's folder begins like it. */
export const followedName = (image: string, loss: string) => `@${base(image, loss)}`;

/** What there is; undefined where there is nothing, or a torn file. */
export async function readFollowed(
  { storage }: Run,
  image: string,
  loss: string,
): Promise<FollowedRecord | undefined> {
  try {
    const text = new TextDecoder().decode(await storage.read(recordPath(image, loss)));
    // JSON has no NaN: a value that there is none of was written as null.
    return JSON.parse(text, (_, value) => (value === null ? Number.NaN : value)) as FollowedRecord;
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export const writeFollowed = (
  { storage }: Run,
  image: string,
  loss: string,
  record: FollowedRecord,
): Promise<void> => storage.write(recordPath(image, loss), JSON.stringify(record));

/** Takes away what another run of the image under this loss has left, which may have been at other iterations. */
export async function clearFollowed(run: Run, image: string, loss: string): Promise<void> {
  const { storage } = run;
  for (const path of await storage.list(`maps/${base(image, loss)}`)) await storage.remove(path);
  for (const name of await run.checkpoints(followedName(image, loss))) await run.removeCheckpoint(name);
  await storage.remove(recordPath(image, loss));
}

/** Quoted as spreadsheets read it: labels are anything. */
const cell = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Of the foreground; behind the losses, where older tables have none. */
const agreementColumns = ['iou of the foreground', 'confidence of the foreground'];

/** The table of an image under a loss, a row for each iteration. */
export function followedTable({ storage }: Run, path: string, labels: readonly string[]) {
  const lines = async (): Promise<string[]> => {
    try {
      const text = new TextDecoder().decode(await storage.read(path));
      return text.trimEnd().split('\n').slice(1);
    } catch (error) {
      if (isSegscapeError(error, 'NOT_FOUND')) return [];
      throw error;
    }
  };
  return {
    /** Begins it, or takes away the rows that a killed run wrote after its last checkpoint: they come again. */
    async rewind(iteration: number): Promise<void> {
      const kept = (await lines()).filter((line) => Number(line.split(',')[0]) < iteration);
      const header = ['iteration', 'gradientNorm', ...labels.map(cell), ...agreementColumns].join(',');
      await storage.write(path, [header, ...kept].map((line) => `${line}\n`).join(''));
    },
    append: (first: number, rows: readonly FollowedRow[]) =>
      storage.append(
        path,
        rows
          .map(
            ({ gradientNorm, values, iou, confidence }, i) =>
              `${[first + i, gradientNorm, ...values, iou, confidence].join(',')}\n`,
          )
          .join(''),
      ),
    /** Some of the rows, for curves. */
    async thinned(): Promise<
      Pick<FollowedFact, 'iterations' | 'values' | 'gradientNorms' | 'iou' | 'confidence'>
    > {
      const rows = (await lines()).map((line) => line.split(',').map(Number));
      const some = thinned(rows.length).map((i) => rows[i]!);
      return {
        iterations: some.map((row) => row[0]!),
        gradientNorms: some.map((row) => row[1]!),
        values: Object.fromEntries(labels.map((label, k) => [label, some.map((row) => row[k + 2]!)])),
        iou: some.map((row) => row[labels.length + 2]!),
        confidence: some.map((row) => row[labels.length + 3]!),
      };
    },
  };
}
