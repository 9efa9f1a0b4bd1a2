import type { ScoreRow } from '@segscape/study';
import Table from 'cli-table3';

/** Narrower than this nothing can be set in columns. */
const narrowest = 24;

/** Columns of the terminal; a file or a pipe has no edge. */
const terminalWidth = (): number => Math.max(narrowest, process.stdout.columns ?? 200);

const plain = { style: { head: [], border: [] } };
const longestWord = (text: string) => Math.max(0, ...text.split(/\s+/).map((word) => word.length));
const longestLine = (text: string) => Math.max(0, ...text.split('\n').map((line) => line.length));

/** Room that a table of these columns' widths takes, with its frame. */
const widthOf = (widths: readonly number[]) => widths.reduce((sum, width) => sum + width + 3, 1);

/**
 * A table that fits the terminal: the widest columns give way and their text is wrapped; where even that cannot fit,
 * every row becomes lines of `name: value`.
 */
function fittedTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width = terminalWidth(),
): string {
  const widths = head.map((name, c) =>
    Math.max(longestLine(name), ...rows.map((row) => longestLine(row[c] ?? ''))),
  );
  // A word stays whole unless it is a long one.
  const least = head.map((name, c) =>
    Math.min(24, Math.max(longestWord(name), ...rows.map((row) => longestWord(row[c] ?? '')))),
  );
  if (widthOf(least) > width) return listed(head, rows, width);
  while (widthOf(widths) > width) {
    const give = widths.reduce((best, w, c) => (w - least[c]! > widths[best]! - least[best]! ? c : best), 0);
    widths[give]!--;
  }
  const table = new Table({
    ...plain,
    head: [...head],
    colWidths: widths.map((w) => w + 2),
    wordWrap: true,
  });
  // The table would cut a word that is longer than its column.
  for (const row of rows) table.push(row.map((text, c) => broken(text, widths[c]!)));
  return table.toString();
}

/** A text whose words all fit a column: longer ones go on in the next line. */
const broken = (text: string, width: number) =>
  text.replace(/\S+/g, (word) => word.match(new RegExp(`.{1,${width}}`, 'gu'))?.join('\n') ?? word);

/** Rows as paragraphs, for terminals too narrow for columns. */
function listed(head: readonly string[], rows: readonly (readonly string[])[], width: number): string {
  const names = head.map((name) => name.replaceAll('\n', ' '));
  const line = (name: string, value: string) =>
    `${name}: ${value}`.match(new RegExp(`.{1,${width}}`, 'gu'))?.join('\n') ?? '';
  return rows
    .map((row) => row.flatMap((value, c) => (value === '' ? [] : [line(names[c]!, value)])).join('\n'))
    .join('\n\n');
}

export const printTable = (head: readonly string[], rows: readonly (readonly string[])[]): void => {
  process.stdout.write(`${fittedTable(head, rows)}\n`);
};

const shown = /^(pixelAccuracy|iou\..+|confidence\..+)$/;
/** What every study has; others were asked for, and stand in the table, too. */
const usual = /^(loss|pixelAccuracy|iou|dice|precision|recall|specificity|areaRatio|confidence)(\.|$)/;

/** A score, or that there is none: of classes that neither the truth nor the prediction has. */
const scoreText = (value: number | undefined): string =>
  value === undefined ? '' : Number.isNaN(value) ? '–' : value.toFixed(3);

/** The final scores as a table, a row a loss. */
export function scoreTable(rows: readonly ScoreRow[]): string {
  const measures = Object.keys(rows[0]?.values ?? {}).filter((name) => shown.test(name) || !usual.test(name));
  return fittedTable(
    ['test', ...measures.map((name) => name.replace('pixelAccuracy', 'accuracy').replace('.', '\n'))],
    rows.map(({ loss, values }) => [loss, ...measures.map((name) => scoreText(values[name]))]),
  );
}
