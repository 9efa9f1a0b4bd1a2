import type { Storage } from '@segscape/core';
import { decodeSurface } from '@segscape/landscape/hdf5';
import { memoryStorage, openRun } from '@segscape/runs';
import type { StudyInput } from './config/schema.js';
import type { StudyEvent } from './events.js';
import { type RunStudyOptions, runStudy } from './run-study.js';
import type { TaskScores } from './tasks/task-scores.js';

/** Something that came out otherwise. */
export interface VerifiedDifference {
  /** File of the run, and what in it: `evaluation.json: Dice, seed 1, fundus-0003, iou.disc`. */
  readonly where: string;
  readonly recorded: number;
  readonly now: number;
}

export interface Verified {
  readonly stopped: boolean;
  /** Numbers of the scores and of the surfaces that were computed anew. */
  readonly scores: number;
  readonly surfaces: number;
  readonly values: number;
  /** Files that are missing or damaged, each with why; what was made of them was made anew for the comparison. */
  readonly damaged: readonly string[];
  /** Those that are not equal bit for bit; empty where all are. */
  readonly differences: readonly VerifiedDifference[];
}

export type VerifyEvent =
  | Extract<StudyEvent, { readonly type: 'progress' | 'notice' }>
  | { readonly type: 'done'; readonly result: Verified };

/** What is made of the trained weights, and so can be made again. */
const made = [/^evaluation\.json$/, /^landscape\.json$/, /^landscapes\//, /^maps\//, /^report\./];

/** What `verifyRun` of `on-demand` does; its documentation stands there. */
export async function* verifyRun(
  storage: Storage,
  options: Omit<RunStudyOptions, 'storage' | 'resume'> = {},
): AsyncGenerator<VerifyEvent> {
  const recorded = await openRun(storage);
  const damaged = (await recorded.validate()).map(({ message }) => message);
  const copy = memoryStorage();
  for (const path of await storage.list('')) await copy.write(path, await storage.read(path));
  const run = await openRun(copy);
  for (const path of await copy.list(''))
    if (made.some((pattern) => pattern.test(path))) await run.storage.remove(path);
  let stopped = false;
  for await (const event of runStudy(run.config as StudyInput, { ...options, storage: copy, resume: true })) {
    if (event.type === 'progress' || event.type === 'notice') yield event;
    if (event.type === 'done') stopped = event.result.stopped;
  }
  const none = { scores: 0, surfaces: 0, values: 0, damaged, differences: [] };
  if (stopped) return yield { type: 'done', result: { stopped, ...none } };
  const differences: VerifiedDifference[] = [];
  const scores = await compareScores(storage, copy, differences);
  const names = await recorded.landscapes();
  let values = 0;
  for (const name of names) {
    const [before, now] = [
      await decodeSurface(await recorded.readLandscape(name)),
      await decodeSurface(await run.readLandscape(name)),
    ];
    for (const [loss, grid] of Object.entries(before.values))
      grid.forEach((value, i) => {
        values++;
        const other = now.values[loss]?.[i] ?? Number.NaN;
        if (!Object.is(value, other))
          differences.push({
            where: `landscapes/${name}.h5: ${loss}, point ${i}`,
            recorded: value,
            now: other,
          });
      });
  }
  yield { type: 'done', result: { stopped, scores, surfaces: names.length, values, damaged, differences } };
}

async function compareScores(
  storage: Storage,
  copy: Storage,
  differences: VerifiedDifference[],
): Promise<number> {
  const read = async (from: Storage) =>
    (
      JSON.parse(new TextDecoder().decode(await from.read('evaluation.json'))) as {
        readonly scores: readonly TaskScores[];
      }
    ).scores;
  const [before, now] = [await read(storage), await read(copy)];
  let count = 0;
  for (const [n, { loss, seed, fold = 0, images }] of before.entries())
    for (const [i, image] of images.entries())
      for (const [measure, value] of Object.entries(image)) {
        if (typeof value !== 'number') continue;
        count++;
        const other = Number(now[n]?.images[i]?.[measure] ?? Number.NaN);
        if (!Object.is(value, other))
          differences.push({
            where: `evaluation.json: ${loss}, seed ${seed}${fold === 0 ? '' : `, fold ${fold}`}, ${image.id}, ${measure}`,
            recorded: value,
            now: other,
          });
      }
  return count;
}
