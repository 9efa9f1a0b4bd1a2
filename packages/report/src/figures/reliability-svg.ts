import type { ReliabilityFact } from '../calibration-facts.js';
import { type Html, html } from '../html.js';
import { scaleOf, shortNumber } from './scale.js';
import { assertPixels } from './sizes.js';
import { type FigureStyle, paperStyle } from './style.js';
import { element, fitted, pathOf, svgDocument, textAt } from './svg.js';

/** The bins of one training. */
export interface ReliabilityRow {
  readonly label: string;
  /** CSS colour. */
  readonly colour: string;
  readonly bins: readonly ReliabilityFact[];
}

export interface ReliabilitySvgOptions {
  readonly title?: string;
  /** In pixels. Default 380. */
  readonly width?: number;
  readonly style?: FigureStyle;
}

const margin = { left: 44, right: 12, top: 12, bottom: 38 };

/**
 * A reliability diagram as an SVG figure: how often the class is there against the probability that it was given; on the
 * diagonal they agree, below it the network is too sure. Larger dots hold more pixels.
 *
 * @param rows one for each training; empty bins are left out.
 * @param options title, width and colours.
 * @returns the figure's text.
 * @throws {SegscapeError} `BAD_OPTION` for a width that is no number of pixels.
 * @see Guo et al., On calibration of modern neural networks, 2017. https://arxiv.org/abs/1706.04599
 */
export function reliabilitySvg(rows: readonly ReliabilityRow[], options: ReliabilitySvgOptions = {}): string {
  assertPixels('reliabilitySvg', 'width', options.width, 160);
  return reliabilityFigure(rows, options).toString();
}

/** What `reliabilitySvg` draws, as markup. */
export function reliabilityFigure(
  rows: readonly ReliabilityRow[],
  { title, width = 380, style }: ReliabilitySvgOptions = {},
): Html {
  const { ink, rule, background } = { ...paperStyle, ...style };
  const top = margin.top + (title ? 18 : 0);
  const side = width - margin.left - margin.right;
  const [right, bottom] = [margin.left + side, top + side];
  const across = scaleOf([0, 1], [margin.left, right]);
  const up = scaleOf([0, 1], [bottom, top]);
  const faint = { fill: ink, opacity: 0.75 } as const;
  const ticks = across.ticks.flatMap((tick) => [
    element('path', { d: `M${margin.left},${up.at(tick).toFixed(1)}H${right}`, stroke: rule, fill: 'none' }),
    textAt(margin.left - 6, up.at(tick) + 4, shortNumber(tick), { ...faint, anchor: 'end' }),
    textAt(across.at(tick), bottom + 15, shortNumber(tick), { ...faint, anchor: 'middle' }),
  ]);
  const diagonal = element('path', {
    d: `M${margin.left},${bottom}L${right},${top}`,
    stroke: ink,
    'stroke-opacity': 0.5,
    'stroke-dasharray': '4 4',
    fill: 'none',
  });
  const lines = rows.map(({ label, colour, bins }) => {
    const there = bins.filter(({ count, confidence, accuracy }) => count > 0 && confidence + accuracy >= 0);
    const most = Math.max(1, ...there.map(({ count }) => count));
    const points = there.map(
      ({ confidence, accuracy, count }) => [across.at(confidence), up.at(accuracy), count] as const,
    );
    const dots = points.map(([cx, cy, count]) =>
      element(
        'circle',
        { cx, cy, r: 1.5 + 3.5 * Math.sqrt(count / most), fill: colour },
        element('title', {}, label),
      ),
    );
    const path = pathOf(points.map(([x, y]) => [x, y] as const));
    return html`${element('path', { d: path, fill: 'none', stroke: colour, 'stroke-width': 1.6 })}${dots}`;
  });
  const parts = [
    ...(title
      ? [textAt(margin.left, 16, fitted(title, side, 13), { fill: ink, size: 13, weight: 600 })]
      : []),
    ...ticks,
    diagonal,
    ...lines,
    textAt(margin.left + side / 2, bottom + 31, 'probability given', { ...faint, anchor: 'middle' }),
    textAt(13, top + side / 2, 'share that is there', {
      ...faint,
      anchor: 'middle',
      transform: `rotate(-90 13 ${top + side / 2})`,
    }),
  ];
  const names = rows.map(({ label }) => label).join(', ');
  return svgDocument(
    {
      width,
      height: bottom + margin.bottom,
      background,
      label: `Reliability diagram${title ? ` ${title}` : ''}: ${names}`,
    },
    html`${parts}`,
  );
}
