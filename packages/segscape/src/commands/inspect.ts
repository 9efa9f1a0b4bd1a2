import { resolve } from 'node:path';
import { openRun } from '@segscape/runs';
import { fsStorage } from '@segscape/runs/node';

/** `segscape inspect`: reads every file of a run and names what is damaged. */
export async function inspect(folder: string): Promise<number> {
  const run = await openRun(fsStorage(resolve(folder)));
  const problems = await run.validate();
  const checkpoints = await run.checkpoints();
  const landscapes = await run.landscapes();
  process.stdout.write(
    `${checkpoints.length} checkpoints, ${landscapes.length} surfaces, ${(await run.history()).length} numbers in the history.\n`,
  );
  for (const problem of problems) process.stderr.write(`${problem.path}: ${problem.message}\n`);
  process.stdout.write(problems.length === 0 ? 'Everything is sound.\n' : `${problems.length} damaged.\n`);
  return problems.length === 0 ? 0 : 1;
}
