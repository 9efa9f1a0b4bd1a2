import type { Curve } from '../data/curves.js';
import { finiteExtent, type Scale, scaleOf, shortNumber } from './scale.js';
import { type FigureStyle, paperStyle } from './style.js';
import { element, fitted, pathOf, svgDocument, textAt } from './svg.js';

export interface CurvesSvgOptions {
  readonly title?: string;
  /** In pixels. Default 380. */
  readonly width?: number;
  /** In pixels. Default 0.62 of the width. */
  readonly height?: number;
  /** Logarithmic vertical axis; values ≤ 0 are left out. Default false. */
  readonly log?: boolean;
  /** Draw a legend below. Default true. */
  readonly legend?: boolean;
  readonly style?: FigureStyle;
}

/** Where the parts of a figure of curves lie, in pixels. */
export interface CurvesLayout {
  readonly across: Scale;
  readonly up: Scale;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const margin = { left: 44, right: 12, top: 12, bottom: 34 };
const legendLine = 18;

const dashes: Readonly<Record<string, string>> = { train: '5 4', validation: '1.5 3' };

/** Room for the values: a little more than they need, but never above 1 or below 0 for shares. */
function room(curves: readonly Curve[], log: boolean): [number, number] {
  const values = curves.flatMap(({ mean, low = [], high = [] }) => [...mean, ...low, ...high]);
  const [low, high] = finiteExtent(log ? values.filter((value) => value > 0) : values) ?? [0, 1];
  if (log) return low < high ? [low / 1.1, high * 1.1] : [low / 2, high * 2];
  const pad = (high - low || Math.abs(high) || 1) * 0.05;
  const share = low >= 0 && high <= 1;
  return [low >= 0 ? Math.max(0, low - pad) : low - pad, share ? Math.min(1, high + pad) : high + pad];
}

/** The layout that `curvesSvg` draws with. */
export function curvesLayout(curves: readonly Curve[], options: CurvesSvgOptions = {}): CurvesLayout {
  const { width = 380, height = Math.round(width * 0.62), log = false, title } = options;
  const epochs = finiteExtent(curves.flatMap((curve) => [...curve.epochs])) ?? [0, 1];
  const [left, right] = [margin.left, width - margin.right];
  const [top, bottom] = [margin.top + (title ? 18 : 0), height - margin.bottom];
  const last = epochs[1] > epochs[0] ? epochs[1] : epochs[0] + 1;
  return {
    across: scaleOf([epochs[0], last], [left, right], { ticks: Math.max(3, Math.floor(width / 90)) }),
    up: scaleOf(room(curves, log), [bottom, top], { log, ticks: Math.max(3, Math.floor(height / 38)) }),
    left,
    right,
    top,
    bottom,
  };
}

/**
 * Curves against the epoch as an SVG figure: test solid, train dashed, a band from the lowest to the highest seed.
 *
 *     curvesSvg(curvesOf(await run.history(), 'iou.disc'), { title: 'IoU of the disc' });
 */
export function curvesSvg(curves: readonly Curve[], options: CurvesSvgOptions = {}): string {
  const { width = 380, title, legend = true, style } = options;
  const height = options.height ?? Math.round(width * 0.62);
  const { ink, rule, background } = { ...paperStyle, ...style };
  const layout = curvesLayout(curves, { ...options, height });
  const { across, up, left, right, top, bottom } = layout;
  const parts = [
    ...(title
      ? [textAt(left, 16, fitted(title, width - left, 13), { fill: ink, size: 13, weight: 600 })]
      : []),
    ...up.ticks.map(
      (tick) =>
        element('path', { d: `M${left},${up.at(tick).toFixed(1)}H${right}`, stroke: rule, fill: 'none' }) +
        textAt(left - 6, up.at(tick) + 4, shortNumber(tick), { fill: ink, anchor: 'end', opacity: 0.75 }),
    ),
    ...across.ticks
      .filter((tick) => Number.isInteger(tick))
      .map((tick) =>
        textAt(across.at(tick), bottom + 15, String(tick), { fill: ink, anchor: 'middle', opacity: 0.75 }),
      ),
    textAt((left + right) / 2, bottom + 30, 'epoch', { fill: ink, anchor: 'middle', opacity: 0.75 }),
    ...curves.map((curve) => band(curve, layout)),
    // The test curves come last, over the train curves.
    ...[...curves]
      .sort((a, b) => Number(b.split === 'train') - Number(a.split === 'train'))
      .map((curve) => line(curve, layout)),
  ];
  if (curves.length === 0)
    parts.push(
      textAt((left + right) / 2, (top + bottom) / 2, 'nothing was recorded', { fill: ink, anchor: 'middle' }),
    );
  const key = legend ? legendOf(curves, { left, top: height + 6, width: width - left - 8 }, ink) : undefined;
  const content = [...parts, key?.content ?? ''].join('');
  return svgDocument(
    {
      width,
      height: height + (key?.height ?? 0),
      background,
      label: `${title ?? 'Curves'} against the epoch${summary(curves)}`,
    },
    content,
  );
}

/** The last value of each test curve, in words. */
function summary(curves: readonly Curve[]): string {
  const ends = curves
    .filter(({ split }) => split !== 'train')
    .map(({ label, mean }) => `${label} ${shortNumber(mean[mean.length - 1] ?? Number.NaN)}`);
  return ends.length === 0 ? '' : `. At the end, on the test images: ${ends.join(', ')}`;
}

function band({ epochs, low, high, colour, split }: Curve, { across, up }: CurvesLayout): string {
  if (low === undefined || high === undefined || split === 'train') return '';
  const there = epochs
    .map((_, i) => i)
    .filter((i) => Number.isFinite(up.at(low[i]!)) && Number.isFinite(up.at(high[i]!)));
  if (there.length < 2) return '';
  const edge = (values: readonly number[]) => (i: number) =>
    `${across.at(epochs[i]!).toFixed(1)},${up.at(values[i]!).toFixed(1)}`;
  const d = `M${[...there.map(edge(high)), ...[...there].reverse().map(edge(low))].join('L')}Z`;
  return element('path', { d, fill: colour, 'fill-opacity': 0.14 });
}

function line({ epochs, mean, colour, split }: Curve, { across, up }: CurvesLayout): string {
  const points = epochs.map((epoch, i) => [across.at(epoch), up.at(mean[i]!)] as const);
  if (points.length === 1)
    return element('circle', { cx: points[0]![0], cy: points[0]![1], r: 3, fill: colour });
  return element('path', {
    d: pathOf(points),
    fill: 'none',
    stroke: colour,
    'stroke-width': split === 'train' ? 1.3 : 2,
    'stroke-dasharray': dashes[split],
    'stroke-opacity': split === 'train' ? 0.8 : 1,
    'stroke-linejoin': 'round',
    'stroke-linecap': dashes[split] === undefined ? 'round' : 'butt',
  });
}

function legendOf(
  curves: readonly Curve[],
  { left, top, width }: { readonly left: number; readonly top: number; readonly width: number },
  ink: string,
): { content: string; height: number } {
  const losses = [...new Map(curves.map(({ label, colour }) => [label, colour]))];
  const splits = [...new Set(curves.map(({ split }) => split))].sort();
  const entries = [
    ...losses.map(([text, colour]) => ({ text, colour, dash: undefined })),
    ...splits.map((text) => ({ text, colour: ink, dash: dashes[text] })),
  ];
  let [x, y] = [left, top];
  const content = entries.map(({ text, colour, dash }) => {
    const needed = 26 + text.length * 6.3 + 14;
    if (x > left && x + needed > left + width) [x, y] = [left, y + legendLine];
    const mark = element('path', {
      d: `M${x},${y + 5}h20`,
      stroke: colour,
      'stroke-width': 2.5,
      'stroke-dasharray': dash,
    });
    const entry = mark + textAt(x + 26, y + 9, text, { fill: ink });
    x += needed;
    return entry;
  });
  return { content: content.join(''), height: entries.length === 0 ? 0 : y - top + legendLine + 4 };
}
