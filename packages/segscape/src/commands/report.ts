import { join, resolve } from 'node:path';
import { reportHtml } from '@segscape/report';
import { openRun } from '@segscape/runs';
import { fsStorage } from '@segscape/runs/node';

/** `segscape report`: writes report.html anew from what the run folder holds. */
export async function report(folder: string): Promise<number> {
  const { storage } = await openRun(fsStorage(resolve(folder)));
  await storage.write('report.html', await reportHtml(storage));
  process.stdout.write(`Report: ${join(resolve(folder), 'report.html')}\n`);
  return 0;
}
