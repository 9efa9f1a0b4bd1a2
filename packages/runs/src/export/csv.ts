import { SegscapeError, type Storage } from '@segscape/core';
import { csvCell } from '../csv-cell.js';
import type { HistoryRow } from '../history.js';
import type { Run } from '../run.js';
import { recordedFacts, type TrainingScores } from './recorded-scores.js';

/** How many rows each table has, its header not counted. */
export interface CsvExport {
  readonly scores: number;
  readonly history: number;
}

/** As pandas and R read it: no number is an empty cell. */
function numberCell(value: number): string {
  if (Number.isNaN(value)) return '';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? 'inf' : '-inf';
}

const lineOf = (cells: readonly (string | number)[]) =>
  `${cells.map((cell) => (typeof cell === 'string' ? csvCell(cell) : numberCell(cell))).join(',')}\n`;

const tableOf = (header: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
  [header, ...rows].map(lineOf).join('');

const rowsOf = (scores: readonly TrainingScores[]) =>
  scores.flatMap(({ loss, seed, images }) =>
    images.flatMap(({ id, values }) =>
      [...values].map(([measure, value]) => [loss, seed, id, measure, value] as const),
    ),
  );

/** Scores as a tidy table: a row for each image, loss, seed and measure. */
export const scoresCsv = (scores: readonly TrainingScores[]): string =>
  tableOf(['loss', 'seed', 'image', 'measure', 'value'], rowsOf(scores));

const historyCsv = (rows: readonly HistoryRow[]) =>
  tableOf(
    ['loss', 'seed', 'fold', 'epoch', 'split', 'measure', 'value'],
    rows.map(({ loss, seed, fold, epoch, split, measure, value }) => [
      loss,
      seed,
      fold,
      epoch,
      split,
      measure,
      value,
    ]),
  );

/**
 * Two tidy tables that R, pandas and spreadsheets open: `scores.csv` (`loss,seed,image,measure,value`: every test image under
 * every trained network) and `history.csv` (`loss,seed,fold,epoch,split,measure,value`; an epoch that was repeated after a
 * resume stands there once). A cell that is no number is empty; names that a spreadsheet would compute are guarded.
 *
 *     await exportCsv(await openRun(fsStorage('my-run')), fsStorage('tables'));
 *
 * @param run opened; one that was not scored yet has scores without rows.
 * @param target folder for the two files.
 * @returns how many rows each has.
 * @throws {SegscapeError} `NOT_WRITABLE` when one of them is there already: nothing is overwritten, and nothing written;
 *   `CORRUPT_FILE` when the run's own files are damaged.
 */
export async function exportCsv(run: Run, target: Storage): Promise<CsvExport> {
  const there = await target.list('');
  for (const name of ['scores.csv', 'history.csv'])
    if (there.includes(name))
      throw new SegscapeError(
        'NOT_WRITABLE',
        `exportCsv: there is a ${name} already. Choose another folder, or move it away.`,
        { details: { path: name } },
      );
  const [{ scores }, history] = [await recordedFacts(run), await run.history()];
  await target.write('scores.csv', scoresCsv(scores));
  await target.write('history.csv', historyCsv(history));
  return { scores: rowsOf(scores).length, history: history.length };
}
