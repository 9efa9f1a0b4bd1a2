import { resolve } from 'node:path';
import { countOf } from '@segscape/core';
import { type Verified, verifyRun } from '@segscape/study';
import { prepareBackend } from '../backend.js';
import { jsonEvent } from '../json-events.js';
import { registryOf } from '../plugins.js';
import { runStorage } from '../run-storage.js';
import { stoppable } from '../stop.js';

export interface VerifyOptions {
  readonly backend: string;
  readonly json?: boolean;
}

/** Differences that are listed; more are counted. */
const listed = 10;

const isRight = ({ damaged, differences }: Verified) => damaged.length + differences.length === 0;

/** `segscape verify`: scores and surfaces of a run computed again from its weights, and compared bit for bit. */
export async function verify(folder: string, options: VerifyOptions): Promise<number> {
  const storage = runStorage('verify', folder);
  const registry = await registryOf(storage, resolve(folder));
  const { jit } = await prepareBackend(options);
  const stop = stoppable();
  let stage = '';
  try {
    for await (const event of verifyRun(storage, { registry, jit, signal: stop.signal })) {
      if (options.json) {
        jsonEvent(event);
        if (event.type !== 'done') continue;
        return event.result.stopped ? 130 : isRight(event.result) ? 0 : 1;
      }
      if (event.type === 'notice') process.stderr.write(`Note: ${event.message}\n`);
      if (event.type === 'progress' && event.stage !== stage) {
        stage = event.stage;
        process.stdout.write(`${stage} …\n`);
      }
      if (event.type !== 'done') continue;
      const { stopped, scores, surfaces, values, damaged, differences } = event.result;
      if (stopped) return 130;
      for (const { where, recorded, now } of differences.slice(0, listed))
        process.stdout.write(`${where}: ${recorded} recorded, ${now} now\n`);
      if (differences.length > listed) process.stdout.write(`and ${differences.length - listed} more\n`);
      process.stdout.write(
        differences.length === 0
          ? `Equal bit for bit: ${countOf(scores, 'score')} and ${countOf(surfaces, 'surface')} of ${countOf(values, 'value')}.\n`
          : `${differences.length} of ${scores + values} numbers differ.\n`,
      );
      for (const message of damaged) process.stdout.write(`Not sound: ${message}\n`);
      return isRight(event.result) ? 0 : 1;
    }
    return 1;
  } finally {
    stop.dispose();
  }
}
