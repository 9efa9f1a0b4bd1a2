import { type Html, html, nothing } from '../html.js';
import { finiteExtent, type Scale, scaleOf, shortNumber, tickTexts, widened } from './scale.js';
import { assertPixels } from './sizes.js';
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

/**
 * Scores of each loss on one axis as an SVG figure: an image a dot, the mean with its interval a bar. What is not finite is
 * left out.
 *
 * @param rows one for each loss.
 * @param options title, width in pixels and colours.
 * @returns the figure's text.
 * @throws {SegscapeError} `BAD_OPTION` for a width that is no number of pixels.
 */
export function intervalsSvg(rows: readonly IntervalRow[], options: IntervalsSvgOptions = {}): string {
  assertPixels('intervalsSvg', 'width', options.width, 120);
  return intervalsFigure(rows, options).toString();
}

/** What `intervalsSvg` draws, as markup. */
export function intervalsFigure(
  rows: readonly IntervalRow[],
  { title, width = 380, style }: IntervalsSvgOptions = {},
): Html {
  const { ink, rule, background } = { ...paperStyle, ...style };
  const longest = Math.max(0, ...rows.map(({ label }) => label.length));
  const left = Math.min(width * 0.38, 14 + longest * 6.6);
  const right = width - 14;
  const top = title ? 30 : 10;
  const bottom = top + rows.length * row;
  const height = bottom + 24;
  const values = rows.flatMap(({ points, low, high, mean }) => [...points, low, high, mean]);
  const [low, high] = finiteExtent(values) ?? [0, 1];
  const across = scaleOf(widened(low, high, 0.06), [left, right], { ticks: 4 });
  const texts = tickTexts(across.ticks);
  const parts = [
    ...(title
      ? [textAt(left, 16, fitted(title, right - left, 13), { fill: ink, size: 13, weight: 600 })]
      : []),
    ...across.ticks.flatMap((tick, i) => [
      element('path', { d: `M${across.at(tick).toFixed(1)},${top}V${bottom}`, stroke: rule }),
      textAt(across.at(tick), bottom + 16, texts[i]!, { fill: ink, anchor: 'middle', opacity: 0.75 }),
    ]),
    ...rows.map((entry, i) => drawRow(entry, top + i * row + row / 2, across, left, ink)),
  ];
  const told = rows.map(({ label, mean }) => `${label} ${shortNumber(mean)}`).join(', ');
  return svgDocument(
    { width, height, background, label: `${title ?? 'Scores'} of each test image by loss. Means: ${told}` },
    parts,
  );
}

function drawRow(
  { label, colour, points, mean, low, high }: IntervalRow,
  y: number,
  { at }: Scale,
  left: number,
  ink: string,
): Html {
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
      : nothing,
  );
  const bar =
    Number.isFinite(low) && Number.isFinite(high)
      ? element('path', {
          d: `M${at(low).toFixed(1)},${y - 4}H${at(high).toFixed(1)}`,
          stroke: colour,
          'stroke-width': 3,
          'stroke-linecap': 'round',
        })
      : nothing;
  const dot = Number.isFinite(mean)
    ? element('circle', { cx: at(mean), cy: y - 4, r: 5, fill: colour })
    : nothing;
  const name = textAt(left - 10, y + 2, fitted(label, left - 12, 11.5), {
    fill: ink,
    anchor: 'end',
    size: 11.5,
  });
  return html`${name}${dots}${bar}${dot}`;
}
