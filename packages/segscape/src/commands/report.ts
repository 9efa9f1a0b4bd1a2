import { access } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { SegscapeError } from '@segscape/core';
import { compareRuns, type ReportFacts, type ReportOptions, reportHtml } from '@segscape/report';
import { openRun } from '@segscape/runs';
import { openSurfaceWalk } from '@segscape/study';
import { type BackendChoice, prepareBackend } from '../backend.js';
import { liveReport } from '../live-report.js';
import { writeNew } from '../new-file.js';
import { registryOf } from '../plugins.js';
import { runStorage } from '../run-storage.js';

export interface ReportCommandOptions extends Omit<ReportOptions, 'live' | 'onNotice'>, BackendChoice {
  /** Serves it, and looks from the places that are clicked. */
  readonly live?: boolean;
  readonly compare?: boolean;
  /** Where the page of several runs goes. */
  readonly out?: string;
}

/** What the report lacks, which its first lines say, too. */
const say = (notice: string) => process.stderr.write(`Note: ${notice}\n`);

const wrong = (message: string) => new SegscapeError('BAD_OPTION', `report: ${message}`);

/** `segscape report`: writes report.html anew from what a run folder holds, or one page over several runs. */
export async function report(folders: readonly string[], options: ReportCommandOptions): Promise<number> {
  if (options.live && (options.compare || options.images === false))
    throw wrong('--live shows pictures of one run. Leave --compare and --no-images out.');
  if (options.compare) return compared(folders, options.out);
  if (folders.length > 1)
    throw wrong(`got ${folders.length} runs. Add --compare --out FILE for one page over all of them.`);
  if (options.out !== undefined)
    throw wrong('--out is for --compare; the report of a run lies in its folder.');
  const folder = resolve(folders[0]!);
  const { storage } = await openRun(runStorage('report', folders[0]!));
  const { pseudonyms, images = true } = options;
  if (options.live) return live(folder, options);
  await storage.write(
    'report.html',
    await reportHtml(storage, { images, ...(pseudonyms && { pseudonyms }), onNotice: say }),
  );
  process.stdout.write(`Report: ${join(folder, 'report.html')}\n`);
  return 0;
}

/** Until Ctrl-C. The run folder is only read. */
async function live(folder: string, { pseudonyms, ...options }: ReportCommandOptions): Promise<number> {
  const storage = runStorage('report', folder);
  const { jit } = await prepareBackend(options);
  const walk = await openSurfaceWalk(storage, { jit, registry: await registryOf(storage, folder) });
  const server = await liveReport(storage, walk, { ...(pseudonyms && { pseudonyms }) });
  try {
    process.stdout.write(
      `The report: ${server.address}\nClick a surface, and what its network sees there is shown. Ctrl-C ends it.\n`,
    );
    await server.untilStopped();
    return 0;
  } finally {
    server.close();
    await walk.dispose();
  }
}

async function factsOf(folder: string): Promise<ReportFacts> {
  const { storage } = await openRun(runStorage('report', folder));
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
  await writeNew([[out, await compareRuns(runs)]], { where: 'report', advice: 'choose another file' });
  process.stdout.write(`Report over ${runs.length} runs: ${resolve(out)}\n`);
  return 0;
}
