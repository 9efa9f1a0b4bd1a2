import { assertFilled } from '../grids/assert-filled.js';
import type { Surface } from '../grids/surface.js';
import type { Line } from '../lines/line.js';

const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * A surface or line as CSV (RFC 4180): a row for each place, `x`, `y` (surfaces only), then each loss; x fastest. A loss
 * that is not finite is `NaN`.
 *
 * @param grid of `surface` or `line`.
 * @returns the text, with a line feed after each row.
 * @throws {SegscapeError} `SHAPE_MISMATCH` for values that do not fill the axes.
 */
export function toCsv(grid: Surface | Line): string {
  assertFilled('toCsv', grid);
  const { x, values } = grid;
  const y = 'y' in grid ? grid.y : undefined;
  const labels = Object.keys(values);
  const header = ['x', ...(y ? ['y'] : []), ...labels].map(cell).join(',');
  const rows = Array.from({ length: x.length * (y?.length ?? 1) }, (_, i) =>
    [
      x[i % x.length]!,
      ...(y ? [y[Math.floor(i / x.length)]!] : []),
      ...labels.map((label) => (Number.isFinite(values[label]![i]) ? values[label]![i] : 'NaN')),
    ].join(','),
  );
  return `${[header, ...rows].join('\r\n')}\r\n`;
}
