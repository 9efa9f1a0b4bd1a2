import { isSegscapeError, SegscapeError, type Storage } from '@segscape/core';
import { csvCell, unguarded } from './csv-cell.js';

/** One number of one run after one epoch. */
export interface HistoryRow {
  readonly loss: string;
  readonly seed: number;
  /** Cross-validation fold; 0 without. */
  readonly fold: number;
  /** Epochs done: 0 is before training. */
  readonly epoch: number;
  /** `'train'`, `'validation'`, `'test'`, … */
  readonly split: string;
  /** `'loss'`, `'pixelAccuracy'`, `'iou.disc'`, … */
  readonly measure: string;
  readonly value: number;
}

export const historyPath = 'history.csv';
const columns = ['loss', 'seed', 'fold', 'epoch', 'split', 'measure', 'value'] as const;
const header = columns.join(',');

function field(value: string | number): string {
  const text = String(value);
  if (/[\r\n]/.test(text))
    throw new SegscapeError('BAD_OPTION', `history: ${JSON.stringify(text)} must not contain a line break.`);
  return typeof value === 'string' ? csvCell(text) : text;
}

/** The cells of one line of CSV (RFC 4180, without line breaks in cells). */
function cells(line: string): string[] {
  const found: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/gy;
  for (let match = pattern.exec(line); match !== null; match = pattern.exec(line)) {
    found.push(match[1] === undefined ? match[2]! : match[1].replaceAll('""', '"'));
    if (match[3] === '') break;
  }
  return found;
}

export const formatRows = (rows: readonly HistoryRow[]): string =>
  rows.map((row) => `${columns.map((name) => field(row[name])).join(',')}\n`).join('');

/** Text of `history.csv` up to its last whole line: a killed process may have torn the last one. */
function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

/**
 * Rows of a `history.csv`. A torn last line is left out; where a key was recorded twice (an epoch repeated after a
 * resume), the later row stands.
 * @param text of the file.
 * @returns a row for each number, in the order of their first recording; none of an empty text.
 * @throws {SegscapeError} `CORRUPT_FILE` naming the line.
 */
export function parseHistory(text: string): HistoryRow[] {
  const [first, ...lines] = wholeLines(text).split('\n').slice(0, -1);
  if (first === undefined) return [];
  if (first.replace(/\r$/, '') !== header)
    throw new SegscapeError(
      'CORRUPT_FILE',
      `${historyPath}: expected the header '${header}', got '${first}'.`,
    );
  const rows = new Map<string, HistoryRow>();
  lines.forEach((line, index) => {
    const row = rowOf(cells(line.replace(/\r$/, '')).map(unguarded));
    if (row === undefined)
      throw new SegscapeError(
        'CORRUPT_FILE',
        `${historyPath}, line ${index + 2}: expected ${columns.length} cells (${header}), whole numbers for seed, fold and epoch and a number for value, got '${line}'.`,
        { details: { line: index + 2 } },
      );
    const { loss, seed, fold, epoch, split, measure } = row;
    rows.set(JSON.stringify([loss, seed, fold, epoch, split, measure]), row);
  });
  return [...rows.values()];
}

/** The row of a line's cells; undefined where they are too many, as a decimal comma makes them, too few, or no numbers where those stand. */
function rowOf(all: readonly string[]): HistoryRow | undefined {
  const [loss, , , , split, measure, value] = all;
  const [seed, fold, epoch] = all.slice(1, 4).map(numberIn);
  const number = value === undefined ? undefined : numberIn(value);
  if (all.length !== columns.length || number === undefined) return undefined;
  if (![seed, fold, epoch].every(Number.isInteger)) return undefined;
  return { loss, seed, fold, epoch, split, measure, value: number } as HistoryRow;
}

/** A number as we, pandas and R write it; undefined for a text of anything else. */
function numberIn(text: string): number | undefined {
  const infinity = /^([+-]?)inf$/i.exec(text);
  if (infinity) return infinity[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^(nan|na)$/i.test(text)) return Number.NaN;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isNaN(value) ? undefined : value;
}

/** Appends to `history.csv`, mending what a killed process left behind before the first append. */
export function historyWriter(storage: Storage): (rows: readonly HistoryRow[]) => Promise<void> {
  let mended = false;
  return async (rows) => {
    const text = formatRows(rows);
    if (!mended) await mend(storage);
    mended = true;
    await storage.append(historyPath, text);
  };
}

async function mend(storage: Storage): Promise<void> {
  const text = await readHistoryText(storage);
  const whole = wholeLines(text);
  if (whole === '') await storage.write(historyPath, `${header}\n`);
  else if (whole !== text) await storage.write(historyPath, whole);
}

/** The text of `history.csv`; empty when nothing was recorded yet. */
export async function readHistoryText(storage: Storage): Promise<string> {
  try {
    return new TextDecoder().decode(await storage.read(historyPath));
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND')) return '';
    throw error;
  }
}

/** Rewrites the file without the rows that `drop` names. */
export async function rewriteHistory(storage: Storage, drop: (row: HistoryRow) => boolean): Promise<void> {
  const rows = parseHistory(await readHistoryText(storage));
  const kept = rows.filter((row) => !drop(row));
  if (kept.length < rows.length) await storage.write(historyPath, `${header}\n${formatRows(kept)}`);
}
