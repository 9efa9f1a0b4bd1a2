import { resolve } from 'node:path';
import { verifyStudy } from '@segscape/study';
import { registryOf } from '../plugins.js';
import { prose } from '../prose.js';
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
    const lines = [
      `${words[verdict]}: ${claim}`,
      ...evidence.map(
        ({ first, second, verdict: part, text }) =>
          `  ${words[part].toLowerCase()}: ${first} against ${second}: ${text}`,
      ),
      ...(note ? [`  ${note}`] : []),
    ];
    process.stdout.write(`${prose(lines.join('\n'))}\n\n`);
  }
  return 0;
}
