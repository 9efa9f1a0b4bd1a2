import { finiteExtent, scaleOf, shortNumber } from './scale.js';
import { type FigureStyle, paperStyle } from './style.js';
import { element, fitted, svgDocument, textAt } from './svg.js';

/** The scores of one loss. */
export interface IntervalRow {
  readonly label: string;
  /** CSS colour. */
  readonly colour: string;
  /** One score per image. */
  readonly points: readonly number[];
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface IntervalsSvgOptions {
  readonly title?: string;
  /** In pixels. Default 380. */
  readonly width?: number;
  readonly style?: FigureStyle;
}

const row = 34;

/** Scores of each loss on one axis as an SVG figure: an image a dot, the mean with its interval a bar. */
export function intervalsSvg(
  rows: readonly IntervalRow[],
  { title, width = 380, style }: IntervalsSvgOptions = {},
): string {
  const { ink, rule, background } = { ...paperStyle, ...style };
  const longest = Math.max(0, ...rows.map(({ label }) => label.length));
  const left = Math.min(width * 0.38, 14 + longest * 6.6);
  const right = width - 14;
  const top = title ? 30 : 10;
  const bottom = top + rows.length * row;
  const height = bottom + 24;
  const values = rows.flatMap(({ points, low, high, mean }) => [...points, low, high, mean]);
  const [low, high] = finiteExtent(values) ?? [0, 1];
  const pad = (high - low || 0.1) * 0.06;
  const across = scaleOf([low - pad, high + pad], [left, right], { ticks: 4 });
  const parts = [
    ...(title
      ? [textAt(left, 16, fitted(title, right - left, 13), { fill: ink, size: 13, weight: 600 })]
      : []),
    ...across.ticks.map(
      (tick) =>
        element('path', { d: `M${across.at(tick).toFixed(1)},${top}V${bottom}`, stroke: rule }) +
        textAt(across.at(tick), bottom + 16, shortNumber(tick), {
          fill: ink,
          anchor: 'middle',
          opacity: 0.75,
        }),
    ),
    ...rows.map((entry, i) => drawRow(entry, top + i * row + row / 2, across.at, left, ink)),
  ];
  const told = rows.map(({ label, mean }) => `${label} ${shortNumber(mean)}`).join(', ');
  return svgDocument(
    { width, height, background, label: `${title ?? 'Scores'} of each test image by loss. Means: ${told}` },
    parts.join(''),
  );
}

function drawRow(
  { label, colour, points, mean, low, high }: IntervalRow,
  y: number,
  at: (value: number) => number,
  left: number,
  ink: string,
): string {
  // Dots beside each other in turn, so that equal ones show; no chance in it.
  const dots = points.map((value, i) =>
    Number.isFinite(value)
      ? element('circle', {
          cx: at(value),
          cy: y + 5 + (i % 3) * 3,
          r: 2.2,
          fill: colour,
          'fill-opacity': 0.45,
        })
      : '',
  );
  const bar = Number.isFinite(low)
    ? element('path', {
        d: `M${at(low).toFixed(1)},${y - 4}H${at(high).toFixed(1)}`,
        stroke: colour,
        'stroke-width': 3,
        'stroke-linecap': 'round',
      })
    : '';
  const dot = Number.isFinite(mean) ? element('circle', { cx: at(mean), cy: y - 4, r: 5, fill: colour }) : '';
  const name = textAt(left - 10, y + 2, fitted(label, left - 12, 11.5), {
    fill: ink,
    anchor: 'end',
    size: 11.5,
  });
  return name + dots.join('') + bar + dot;
}
