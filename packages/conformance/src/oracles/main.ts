import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Executor, OracleCase } from './adapter.js';
import { runInNode } from './node-entry.js';
import type { CaseResult } from './run-case.js';
import { summarize } from './summary.js';
import { type Bundle, runInChromium } from './webgl.js';

const usage = 'usage: oracles FILE.json… [--executor cpu|jit|webgl] [--only TEXT]';

async function readCases(file: string): Promise<OracleCase[]> {
  const path = resolve(process.env.INIT_CWD ?? process.cwd(), file);
  const cases: unknown = JSON.parse(await readFile(path, 'utf8'));
  if (!Array.isArray(cases)) throw new Error(`${file}: expected an array of cases.`);
  return cases as OracleCase[];
}

/**
 * The command line.
 * @param bundle makes the script that runs in the browser.
 * @returns the exit code: 0 when every case passed, 1 when one failed, 2 for wrong arguments.
 */
export async function main(args: string[], bundle: Bundle): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { executor: { type: 'string', default: 'cpu' }, only: { type: 'string' } },
    });
    const executor = values.executor as Executor;
    if (positionals.length === 0 || !['cpu', 'jit', 'webgl'].includes(executor)) {
      process.stderr.write(`${usage}\n`);
      return 2;
    }
    const cases = (await Promise.all(positionals.map(readCases)))
      .flat()
      .filter(({ id }) => values.only === undefined || id.includes(values.only));
    const all: CaseResult[] = [];
    const results = executor === 'webgl' ? runInChromium(cases, bundle) : runInNode(cases, executor);
    for await (const result of results) all.push(result);
    const { text, failed } = summarize(all);
    process.stdout.write(text);
    return failed > 0 || all.length === 0 ? 1 : 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    return 2;
  }
}
