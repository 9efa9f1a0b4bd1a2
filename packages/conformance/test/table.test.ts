import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Cell, Column } from '../src/runner/matrix.js';
import { byOp, markdown, opOf } from '../src/runner/table.js';
import { suite } from '../src/suite/cases.js';

const cell = (op: string, status: Cell['status'], numbers: Partial<Cell> = {}): Cell => ({
  op,
  backend: 'wasm',
  status,
  ...numbers,
});

const column: Column = {
  backend: 'wasm',
  device: 'WebAssembly',
  cells: [
    cell('losses/dice', 'passed', { maxRelativeError: 1e-7, ms: 2 }),
    cell('losses/dice smooth=1, volume', 'passed', { maxRelativeError: 3e-7, ms: 3 }),
    cell('losses/hausdorff', 'skipped', { reason: 'reads values' }),
    cell('ops/exp, second order', 'failed', { maxRelativeError: 0.5, ms: 1, reason: 'y: 5.0e-1 above 1e-4' }),
    cell('ops/exp', 'passed', { maxRelativeError: 0, ms: 1 }),
  ],
};

test('the cases of an op are one cell: the worst error, the time of all, failed where one is', () => {
  expect(
    byOp(column).cells.map(({ op, status, maxRelativeError, ms }) => [op, status, maxRelativeError, ms]),
  ).toEqual([
    ['losses/dice', 'passed', 3e-7, 5],
    ['losses/hausdorff', 'skipped', undefined, 0],
    ['ops/exp', 'failed', 0.5, 2],
  ]);
});

test('the table has a row for each case, or for each op', () => {
  const rows = (text: string) => text.split('\n').filter((line) => /^\| (losses|ops)/.test(line));
  expect(rows(markdown([column]))).toEqual([
    '| losses/dice | 1.0e-7 / 2.0 |',
    '| losses/dice smooth=1, volume | 3.0e-7 / 3.0 |',
    '| losses/hausdorff | – |',
    '| ops/exp, second order | FAILED 5.0e-1 / 1.0 |',
    '| ops/exp | 0 / 1.0 |',
  ]);
  const byOps = markdown([column], { every: false });
  expect(rows(byOps)).toEqual([
    '| losses/dice | 3.0e-7 / 5.0 |',
    '| losses/hausdorff | – |',
    '| ops/exp | FAILED 5.0e-1 / 2.0 |',
  ]);
  expect(byOps).toContain('- FAILED wasm: ops/exp, second order: y: 5.0e-1 above 1e-4');
  expect(byOps).toContain('- losses/hausdorff: reads values');
});

test('TABLE.md shows every op of the suite, and none failed', () => {
  const shown = readFileSync(new URL('../TABLE.md', import.meta.url), 'utf8');
  const rows = [...shown.matchAll(/^\| (\w+\/\S+) +\|/gm)].map(([, op]) => op);
  expect(rows).toEqual([...new Set(suite.map(({ name }) => opOf(name)))]);
  expect(shown).not.toContain('FAILED');
});
