import { type Html, html } from '../html.js';
import { colourBar } from './colour-bar.js';
import { shortNumber } from './scale.js';
import { type FigureStyle, paperStyle } from './style.js';
import { element, fitted, svgDocument, textAt } from './svg.js';
import { terrainColour } from './terrain.js';

/** Shares of rows and columns. */
export interface HeatMap {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** `[rows][columns]`, in [0, 1]; cells that are not finite are grey. */
  readonly values: readonly (readonly number[])[];
}

const steps = 20;

/**
 * Shares as coloured cells: dark is 0, bright is 1.
 * @param map its rows from top to bottom.
 * @param options title, what rows and columns are of, style.
 */
export function heatMapFigure(
  { rows, columns, values }: HeatMap,
  {
    title,
    down,
    across,
    style,
  }: {
    readonly title: string;
    readonly down: string;
    readonly across: string;
    readonly style?: FigureStyle;
  },
): Html {
  const { ink, rule, background } = { ...paperStyle, ...style };
  const width = 380;
  const longest = Math.max(0, ...rows.map(({ length }) => length), ...columns.map(({ length }) => length));
  const names = Math.min(110, 16 + longest * 5.6);
  const [left, top, bar] = [names + 14, 40, 48];
  const cell = Math.min(34, (width - left - bar) / Math.max(1, columns.length));
  const [right, bottom] = [left + cell * columns.length, top + cell * rows.length];
  const height = bottom + names + 24;
  const text = { fill: ink, size: 10.5, opacity: 0.85 } as const;
  const cells = values.flatMap((row, r) =>
    row.map((value, c) =>
      element(
        'rect',
        {
          x: left + c * cell,
          y: top + r * cell,
          // A hair more than the cell: no seams between neighbours.
          width: cell + 0.3,
          height: cell + 0.3,
          fill: Number.isFinite(value) ? terrainColour(Math.min(1, Math.max(0, value))) : rule,
        },
        element('title', {}, `${rows[r]}, ${columns[c]}: ${shortNumber(value)}`),
      ),
    ),
  );
  const parts = [
    textAt(4, 16, fitted(title, width - 8, 13), { fill: ink, size: 13, weight: 600 }),
    ...cells,
    ...rows.map((name, r) =>
      textAt(left - 5, top + (r + 0.5) * cell + 4, fitted(name, names, 10.5), { ...text, anchor: 'end' }),
    ),
    ...columns.map((name, c) => {
      const [x, y] = [left + (c + 0.5) * cell + 4, bottom + 6];
      const transform = `rotate(-90 ${x.toFixed(1)} ${y.toFixed(1)})`;
      return textAt(x, y, fitted(name, names, 10.5), { ...text, anchor: 'end', transform });
    }),
    textAt(left, top - 8, fitted(`${down} ↓   ${across} →`, width - left, 11), text),
    colourBar(
      { low: 0, high: 1, log: false },
      steps,
      { left: right + 10, top, height: Math.max(60, Math.min(140, bottom - top)) },
      { ink, rule },
    ),
  ];
  const label = `${title}: ${down} by ${across}. ${diagonal(rows, columns, values)}`;
  return svgDocument({ width, height: Math.max(height, top + 80), background, label }, html`${parts}`);
}

/** The cells of what rows and columns have in common, in words. */
const diagonal = (
  rows: readonly string[],
  columns: readonly string[],
  values: readonly (readonly number[])[],
): string =>
  rows
    .flatMap((name, r) => {
      const c = columns.indexOf(name);
      return c < 0 ? [] : [`${name} ${shortNumber(values[r]?.[c] ?? Number.NaN)}`];
    })
    .join(', ');
