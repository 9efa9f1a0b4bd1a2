import { access, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { SegscapeError } from '@segscape/core';
import { compareRuns, type ReportFacts, type ReportOptions, reportHtml } from '@segscape/report';
import { openRun } from '@segscape/runs';
import { fsStorage } from '@segscape/runs/node';

export interface ReportCommandOptions extends ReportOptions {
  readonly compare?: boolean;
  /** Where the page of several runs goes. */
  readonly out?: string;
}

const wrong = (message: string) => new SegscapeError('BAD_OPTION', `report: ${message}`);

/** `segscape report`: writes report.html anew from what a run folder holds, or one page over several runs. */
export async function report(folders: readonly string[], options: ReportCommandOptions): Promise<number> {
  if (options.compare) return compared(folders, options.out);
  if (folders.length > 1)
    throw wrong(`got ${folders.length} runs. Add --compare --out FILE for one page over all of them.`);
  if (options.out !== undefined)
    throw wrong('--out is for --compare; the report of a run lies in its folder.');
  const folder = resolve(folders[0]!);
  const { storage } = await openRun(fsStorage(folder));
  const { pseudonyms, images = true } = options;
  await storage.write(
    'report.html',
    await reportHtml(storage, { images, ...(pseudonyms && { pseudonyms }) }),
  );
  process.stdout.write(`Report: ${join(folder, 'report.html')}\n`);
  return 0;
}

async function factsOf(folder: string): Promise<ReportFacts> {
  const { storage } = await openRun(fsStorage(resolve(folder)));
  return JSON.parse(new TextDecoder().decode(await storage.read('report.json'))) as ReportFacts;
}

async function compared(folders: readonly string[], out: string | undefined): Promise<number> {
  if (out === undefined) throw wrong('--compare needs --out FILE, where the page of all runs goes.');
  const there = await access(out).then(
    () => true,
    () => false,
  );
  if (there) throw wrong(`'${out}' is there already, and nothing is overwritten. Choose another file.`);
  const runs = await Promise.all(
    folders.map(async (folder) => ({ name: basename(resolve(folder)), facts: await factsOf(folder) })),
  );
  await writeFile(out, await compareRuns(runs)).catch((cause: unknown) => {
    throw new SegscapeError(
      'NOT_WRITABLE',
      `report: '${out}' cannot be written (${(cause as Error).message}).`,
      {
        cause,
      },
    );
  });
  process.stdout.write(`Report over ${runs.length} runs: ${resolve(out)}\n`);
  return 0;
}
