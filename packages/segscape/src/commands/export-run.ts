import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { countOf } from '@segscape/core';
import { exportCsv, exportMlflow, openRun } from '@segscape/runs';
import { fsStorage } from '@segscape/runs/node';
import { runStorage } from '../run-storage.js';

/** Numbers of a run for other programs. */
export interface RunExportOptions {
  readonly csv?: string;
  readonly mlflow?: string;
}

/** Scores and histories as two CSV tables, or as runs of MLflow's file store, which `mlflow ui` opens. */
export async function exportNumbers(folder: string, { csv, mlflow }: RunExportOptions): Promise<number> {
  const run = await openRun(runStorage('export', folder));
  if (csv !== undefined) {
    const { scores, history } = await exportCsv(run, fsStorage(resolve(csv)));
    process.stdout.write(`${resolve(csv)}: ${scores} scores, ${history} rows of histories.\n`);
  }
  if (mlflow !== undefined) {
    const store = resolve(mlflow);
    const { written, kept } = await exportMlflow(run, fsStorage(store), {
      artifactRoot: pathToFileURL(store).href,
    });
    process.stdout.write(
      `${store}: ${countOf(written.length, 'training')} written${kept.length > 0 ? `, ${kept.length} were there already` : ''}. Look at them with: mlflow ui --backend-store-uri ${pathToFileURL(store).href}\n`,
    );
  }
  return 0;
}
