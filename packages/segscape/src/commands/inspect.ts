import { countOf, isSegscapeError } from '@segscape/core';
import { openRun, validateRun } from '@segscape/runs';
import { runStorage } from '../run-storage.js';

/** `segscape inspect`: reads every file of a run and names all that are damaged or missing. */
export async function inspect(folder: string): Promise<number> {
  const storage = runStorage('inspect', folder);
  const problems = await validateRun(storage);
  try {
    const run = await openRun(storage);
    const [checkpoints, landscapes] = [await run.checkpoints(), await run.landscapes()];
    process.stdout.write(
      `${countOf(checkpoints.length, 'checkpoint')}, ${countOf(landscapes.length, 'surface')}, ${countOf((await run.history()).length, 'number')} in the history.\n`,
    );
    if (run.format === 0)
      process.stdout.write(
        'Made before runs recorded what they wrote: only damage that shows in the files themselves is found.\n',
      );
  } catch (error) {
    // What keeps a run from being opened is among the problems.
    const noRun = isSegscapeError(error, 'NOT_FOUND') && problems.length <= 1;
    if (!isSegscapeError(error) || problems.length === 0 || noRun) throw error;
  }
  for (const { path, message } of problems)
    process.stderr.write(`${message.includes(path) ? '' : `${path}: `}${message}\n`);
  process.stdout.write(problems.length === 0 ? 'Everything is sound.\n' : `${problems.length} damaged.\n`);
  return problems.length === 0 ? 0 : 1;
}
