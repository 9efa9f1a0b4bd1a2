import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Row } from './contest.js';

const folder = fileURLToPath(new URL('../results', import.meta.url));

/** What the times were measured on. */
export const machine = `${(cpus()[0]?.model ?? 'unknown processor').trim()}, ${availableParallelism()} cores, Node ${process.versions.node}`;

/**
 * Keeps the rows of a run beside those of earlier ones, as far as it has come.
 * @param when it began, ISO 8601: the name of its file.
 */
export function keep(
  bench: string,
  when: string,
  rows: readonly Row[],
  versions: Readonly<Record<string, string>>,
): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${bench}-${when.slice(0, 19).replace(/[-:]/g, '')}.json`);
  writeFileSync(path, `${JSON.stringify({ when, machine, versions, rows }, null, 1)}\n`);
  return path;
}

const width = 30;

/** A bar from 0 to 2, with the peer at the middle: `█████│     ` is faster. */
function bar(ratio: number): string {
  const filled = Math.max(0, Math.min(width, Math.round((ratio / 2) * width)));
  const cells = Array.from({ length: width + 1 }, (_, i) => (i === width / 2 ? '│' : i < filled ? '█' : ' '));
  return `${cells.join('')}${ratio > 2 ? '→' : ''}`;
}

/** A row as a line of a table, with its chart. */
export const lineOf = ({
  case: name,
  peer,
  mode,
  oursMs,
  peerMs,
  ratio,
  low,
  high,
  idle,
  notes,
}: Row): string =>
  `${name}\n  ${`${peer}, ${mode}`.padEnd(34)} ${oursMs.toFixed(1).padStart(8)} ms ${peerMs.toFixed(1).padStart(8)} ms  ${ratio.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)}) ${bar(ratio)}${
    idle > 0.05 ? `  (the idle side took ${(100 * idle).toFixed(0)} % of a core)` : ''
  }${notes ? `\n    ${notes}` : ''}\n`;
