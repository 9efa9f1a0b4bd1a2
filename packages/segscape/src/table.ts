import type { ScoreRow } from '@segscape/study';
import Table from 'cli-table3';

const shown = /^(pixelAccuracy|iou\..+|confidence\..+)$/;

/** The final scores as a table, a row a loss. */
export function scoreTable(rows: readonly ScoreRow[]): string {
  const measures = Object.keys(rows[0]?.values ?? {}).filter((name) => shown.test(name));
  const table = new Table({
    head: ['test', ...measures.map((name) => name.replace('pixelAccuracy', 'accuracy').replace('.', '\n'))],
    style: { head: [], border: [] },
  });
  for (const { loss, values } of rows)
    table.push([loss, ...measures.map((name) => values[name]?.toFixed(3) ?? '')]);
  return table.toString();
}
