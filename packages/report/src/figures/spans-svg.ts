import { type Html, html } from '../html.js';
import { finiteExtent, scaleOf, shortNumber, tickTexts } from './scale.js';
import { type FigureStyle, paperStyle } from './style.js';
import { element, fitted, svgDocument, textAt } from './svg.js';

/** What lies between two ends, with its middle. */
export interface Span {
  readonly label: string;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

const row = 30;

/**
 * Spans below each other on one axis that begins at 0.
 * @param spans those that are not finite are left out.
 * @param options title, what the axis is of, style.
 */
export function spansFigure(
  spans: readonly Span[],
  { title, across, style }: { readonly title: string; readonly across: string; readonly style?: FigureStyle },
): Html {
  const { ink, rule, background } = { ...paperStyle, ...style };
  const shown = spans.filter(({ low, middle, high }) => [low, middle, high].every(Number.isFinite));
  const width = 380;
  const longest = Math.max(0, ...shown.map(({ label }) => label.length));
  const left = Math.min(width * 0.4, 14 + longest * 6.6);
  const [top, right] = [30, width - 16];
  const bottom = top + shown.length * row;
  const [, most] = finiteExtent(shown.map(({ high }) => high)) ?? [0, 1];
  const scale = scaleOf([0, most > 0 ? 1.05 * most : 1], [left, right], { ticks: 4 });
  const texts = tickTexts(scale.ticks);
  const parts = [
    textAt(left, 16, fitted(title, right - left, 13), { fill: ink, size: 13, weight: 600 }),
    ...scale.ticks.flatMap((tick, i) => [
      element('path', { d: `M${scale.at(tick).toFixed(1)},${top}V${bottom}`, stroke: rule }),
      textAt(scale.at(tick), bottom + 15, texts[i]!, { fill: ink, anchor: 'middle', opacity: 0.75 }),
    ]),
    textAt((left + right) / 2, bottom + 30, across, { fill: ink, anchor: 'middle', opacity: 0.75 }),
    ...shown.map(({ label, low, middle, high }, i) => {
      const y = top + i * row + row / 2;
      const line = `M${scale.at(low).toFixed(1)},${y}H${scale.at(high).toFixed(1)}`;
      const name = textAt(left - 10, y + 4, fitted(label, left - 12, 11.5), {
        fill: ink,
        anchor: 'end',
        size: 11.5,
      });
      const bar = element('path', {
        d: line,
        stroke: ink,
        'stroke-opacity': 0.45,
        'stroke-width': 4,
        'stroke-linecap': 'round',
      });
      return html`${name}${bar}${element('circle', { cx: scale.at(middle), cy: y, r: 5, fill: ink })}`;
    }),
  ];
  const told = shown
    .map(
      ({ label, low, middle, high }) =>
        `${label} ${shortNumber(middle)} (${shortNumber(low)} to ${shortNumber(high)})`,
    )
    .join(', ');
  return svgDocument(
    { width, height: bottom + 38, background, label: `${title}, ${across}: ${told}` },
    parts,
  );
}
