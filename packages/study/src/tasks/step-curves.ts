import { isSegscapeError, type Storage } from '@segscape/core';
import type { StepCurveFact, StepsFact } from '@segscape/report';
import { taskFolder } from '../plan/plan.js';
import { comparedLosses } from '../setup.js';
import type { TaskContext } from './context.js';
import { stepColumns as columns } from './step-records.js';

/** Points of a curve in the report; the table has every step. */
const points = 200;

/** Digits that a picture shows. */
const rounded = (value: number): number => Number(value.toPrecision(5));

async function rowsOf(storage: Storage, path: string): Promise<string[][]> {
  try {
    const text = new TextDecoder().decode(await storage.read(path));
    return text
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND')) return [];
    throw error;
  }
}

/** Runs of rows that follow each other, of as equal lengths as can be, at most so many. */
export function stretches<T>(rows: readonly T[], most = points): T[][] {
  const count = Math.min(most, rows.length);
  return Array.from({ length: count }, (_, i) =>
    rows.slice(Math.floor((i * rows.length) / count), Math.floor(((i + 1) * rows.length) / count)),
  );
}

/** A cell without a number is an empty text, which is no 0. */
const numberOf = (cell: string | undefined) =>
  cell === undefined || cell === '' ? Number.NaN : Number(cell);

function curveOf(all: readonly (readonly string[][])[], column: number): StepCurveFact {
  const values = all.map((rows) => rows.map((row) => numberOf(row[column])).filter(Number.isFinite));
  const each = (of: (values: readonly number[]) => number) =>
    values.map((own) => (own.length === 0 ? Number.NaN : rounded(of(own))));
  return {
    mean: each((own) => own.reduce((total, value) => total + value, 0) / own.length),
    low: each((own) => Math.min(...own)),
    high: each((own) => Math.max(...own)),
  };
}

/** What the first training of each loss tells of its steps, thinned; the first seed in the first fold. */
export async function stepCurves({ config, setup, run }: TaskContext): Promise<StepsFact[]> {
  const seed = config.training.seeds[0]!;
  const facts: StepsFact[] = [];
  for (const { label: loss } of comparedLosses(setup)) {
    const rows = await rowsOf(run.storage, `steps/${taskFolder({ loss, seed })}.csv`);
    if (rows.length === 0) continue;
    const parts = stretches(rows);
    const [value, gradientNorm, rate] = ['loss', 'gradientNorm', 'learningRate'].map((name) =>
      curveOf(parts, columns.indexOf(name)),
    ) as [StepCurveFact, StepCurveFact, StepCurveFact];
    const known = ({ mean }: StepCurveFact) => mean.some(Number.isFinite);
    facts.push({
      loss,
      seed,
      steps: parts.map((part) => Number(part.at(-1)![0])),
      value,
      ...(known(gradientNorm) && { gradientNorm }),
      ...(known(rate) && { learningRate: rate.mean }),
    });
  }
  return facts;
}
