import { resolve } from 'node:path';
import { verifyStudy } from '@segscape/study';
import { registryOf } from '../plugins.js';
import { runStorage } from '../run-storage.js';

const words = { 'borne out': 'Borne out', not: 'Not borne out', undecided: 'Undecided' } as const;

/** `segscape verify-study`: the original study's findings, held against a finished run. */
export async function verifyOriginal(folder: string, options: { readonly json?: boolean }): Promise<number> {
  const storage = runStorage('verify-study', folder);
  const findings = await verifyStudy(storage, await registryOf(storage, resolve(folder)));
  if (options.json) {
    process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
    return 0;
  }
  for (const { claim, verdict, evidence, note } of findings) {
    process.stdout.write(`${words[verdict]}: ${claim}\n`);
    for (const { first, second, verdict: part, text } of evidence)
      process.stdout.write(`  ${words[part].toLowerCase()}: ${first} against ${second}: ${text}\n`);
    if (note) process.stdout.write(`  ${note}\n`);
    process.stdout.write('\n');
  }
  return 0;
}
