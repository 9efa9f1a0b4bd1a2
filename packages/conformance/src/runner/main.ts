import { mkdir, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Arguments, readArguments, usage } from './arguments.js';
import { type Cell, type Column, casesNamed, columnOf, referenceOf } from './matrix.js';
import type { BundleEntry } from './places.js';
import { columnLine, failureLines, markdown } from './table.js';

// The bundle lies in node_modules/.conformance, and so do results.
const standardFolder = () => fileURLToPath(new URL('results', import.meta.url));

/** One line of `--json`; what could not be compared has the largest number for its error, since JSON has no infinity. */
const jsonLine = ({
  op,
  backend,
  maxRelativeError = Number.POSITIVE_INFINITY,
  ms = 0,
  leaks = 0,
  reason,
}: Cell) =>
  JSON.stringify({
    op,
    backend,
    maxRelativeError: Math.min(maxRelativeError, Number.MAX_VALUE),
    ms: Number(ms.toFixed(3)),
    leaks,
    ...(reason !== undefined && { error: reason }),
  });

async function write(columns: readonly Column[], folder: string): Promise<void> {
  await writeFile(`${folder}/conformance.md`, markdown(columns));
  await writeFile(`${folder}/by-op.md`, markdown(columns, { every: false }));
  const lines = columns.flatMap(({ cells }) =>
    cells.filter(({ status }) => status !== 'skipped').map(jsonLine),
  );
  await writeFile(`${folder}/conformance.json`, `[\n${lines.join(',\n')}\n]\n`);
}

/**
 * The command line.
 * @param bundle makes the scripts that compute.
 * @returns the exit code: 0 when no case failed, 1 when one did or none is named so, 2 for wrong arguments.
 */
export async function main(args: readonly string[], bundle: BundleEntry): Promise<number> {
  let given: Arguments;
  try {
    given = readArguments(args);
  } catch (error) {
    process.stderr.write(`conformance: ${(error as Error).message}\n${usage}\n`);
    return 2;
  }
  const { backends, json, only } = given;
  const cases = casesNamed(only);
  if (cases.length === 0) {
    process.stderr.write(`conformance: no case's name contains '${only}'\n${usage}\n`);
    return 2;
  }
  const folder = given.out === undefined ? standardFolder() : resolve(process.env.INIT_CWD ?? '', given.out);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    process.stderr.write(`conformance: --out ${folder} cannot be written: ${(error as Error).message}\n`);
    return 2;
  }
  const told = (line: string) => (json ? process.stderr : process.stdout).write(`${line}\n`);
  const reference = await referenceOf(cases, bundle);
  const columns: Column[] = [];
  for (const backend of backends) {
    const column = await columnOf(backend, cases, reference, bundle);
    columns.push(column);
    told(columnLine(column));
    for (const line of failureLines(column)) told(line);
    if (json)
      for (const cell of column.cells)
        if (cell.status !== 'skipped') process.stdout.write(`${jsonLine(cell)}\n`);
  }
  await write(columns, folder);
  if (!json) process.stdout.write(`\n${markdown(columns)}\n`);
  told(`table: ${folder}/conformance.md`);
  const count = (status: Cell['status']) =>
    columns.reduce((total, { cells }) => total + cells.filter((cell) => cell.status === status).length, 0);
  const failed = count('failed');
  const skipped = count('skipped');
  told(`${count('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return failed > 0 ? 1 : 0;
}
