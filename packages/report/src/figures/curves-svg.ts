import type { Curve } from '../data/curves.js';
import { type Html, html, nothing } from '../html.js';
import { finiteExtent, type Scale, scaleOf, shortNumber, tickTexts, widened } from './scale.js';
import { assertPixels } from './sizes.js';
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
  /** What the curves run along. Default `'epoch'`, whose ticks are whole as are those of all that is counted. */
  readonly across?: string;
  /** Ends of the vertical axis. Default a little more than the values need. */
  readonly range?: readonly [low: number, high: number];
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

/** What is counted in whole numbers. */
const counted: ReadonlySet<string> = new Set(['epoch', 'iteration', 'step', 'seeds', 'test patients']);

const dashes: ReadonlyMap<string, string> = new Map([
  ['train', '5 4'],
  ['validation', '1.5 3'],
  ['rounding', '1.5 3'],
]);

/** Room for the values: a little more than they need, but never above 1 or below 0 for shares. */
function room(curves: readonly Curve[], log: boolean): [number, number] {
  const values = curves.flatMap(({ mean, low = [], high = [] }) => [...mean, ...low, ...high]);
  const extent = finiteExtent(log ? values.filter((value) => value > 0) : values);
  if (extent === undefined) return log ? [0.1, 1] : [0, 1];
  const [low, high] = extent;
  if (log) {
    const factor = low < high ? 1.1 : 2;
    return [Math.max(Number.MIN_VALUE, low / factor), Math.min(Number.MAX_VALUE, high * factor)];
  }
  const [bottom, top] = widened(low, high, 0.05);
  return [low >= 0 ? Math.max(0, bottom) : bottom, low >= 0 && high <= 1 ? Math.min(1, top) : top];
}

/** The layout that `curvesSvg` draws with. */
export function curvesLayout(curves: readonly Curve[], options: CurvesSvgOptions = {}): CurvesLayout {
  const { width = 380, height = Math.round(width * 0.62), log = false, title, across = 'epoch' } = options;
  // Shares have short ticks; with few of them one alone would be left.
  const tickRoom = counted.has(across) ? 90 : 60;
  const epochs = finiteExtent(curves.flatMap((curve) => [...curve.epochs])) ?? [0, 1];
  const [left, right] = [margin.left, width - margin.right];
  const [top, bottom] = [margin.top + (title ? 18 : 0), height - margin.bottom];
  const last = epochs[1] > epochs[0] ? epochs[1] : epochs[0] + Math.max(1, Math.abs(epochs[0]) * 1e-12);
  return {
    across: scaleOf([epochs[0], last], [left, right], { ticks: Math.max(3, Math.floor(width / tickRoom)) }),
    up: scaleOf(options.range ?? room(curves, log), [bottom, top], {
      log,
      ticks: Math.max(3, Math.floor(height / 38)),
    }),
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
 *
 * Values that are not finite are gaps; so are those ≤ 0 on a logarithmic axis.
 *
 * @param curves of one measure, from `curvesOf`.
 * @param options title, size in pixels, axis and colours.
 * @returns the figure's text.
 * @throws {SegscapeError} `BAD_OPTION` for a width or height that is no number of pixels.
 */
export function curvesSvg(curves: readonly Curve[], options: CurvesSvgOptions = {}): string {
  assertPixels('curvesSvg', 'width', options.width, 120);
  assertPixels('curvesSvg', 'height', options.height, 80);
  return curvesFigure(curves, options).toString();
}

/** What `curvesSvg` draws, as markup. */
export function curvesFigure(curves: readonly Curve[], options: CurvesSvgOptions = {}): Html {
  const { width = 380, title, legend = true, across: along = 'epoch', style } = options;
  const height = options.height ?? Math.round(width * 0.62);
  const { ink, rule, background } = { ...paperStyle, ...style };
  const layout = curvesLayout(curves, { ...options, height });
  const { across, up, left, right, top, bottom } = layout;
  const upTexts = tickTexts(up.ticks);
  const parts: Html[] = [
    ...(title
      ? [textAt(left, 16, fitted(title, width - left, 13), { fill: ink, size: 13, weight: 600 })]
      : []),
    ...up.ticks.flatMap((tick, i) => [
      element('path', { d: `M${left},${up.at(tick).toFixed(1)}H${right}`, stroke: rule, fill: 'none' }),
      textAt(left - 6, up.at(tick) + 4, upTexts[i]!, { fill: ink, anchor: 'end', opacity: 0.75 }),
    ]),
    ...across.ticks
      .filter((tick) => !counted.has(along) || Number.isInteger(tick))
      .map((tick) =>
        textAt(across.at(tick), bottom + 15, epochText(tick), { fill: ink, anchor: 'middle', opacity: 0.75 }),
      ),
    textAt((left + right) / 2, bottom + 30, along, { fill: ink, anchor: 'middle', opacity: 0.75 }),
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
  return svgDocument(
    {
      width,
      height: height + (key?.height ?? 0),
      background,
      label: `${title ?? 'Curves'} against the ${along}${summary(curves)}`,
    },
    [...parts, key?.content ?? nothing],
  );
}

/** Whole as far as people count. */
const epochText = (epoch: number) => (Math.abs(epoch) < 1e6 ? String(epoch) : shortNumber(epoch));

/** The last value of each curve but those of training images, in words. */
function summary(curves: readonly Curve[]): string {
  const shown = curves.filter(({ split }) => split !== 'train');
  const ends = shown.map(({ label, mean }) => `${label} ${shortNumber(mean[mean.length - 1] ?? Number.NaN)}`);
  // Curves of no part of the data are of nothing that was tested.
  const where = shown.every(({ split }) => split === 'test') ? ', on the test images' : '';
  return ends.length === 0 ? '' : `. At the end${where}: ${ends.join(', ')}`;
}

function band({ epochs, low, high, colour, split }: Curve, { across, up }: CurvesLayout): Html {
  if (low === undefined || high === undefined || split === 'train') return nothing;
  const there = epochs
    .map((_, i) => i)
    .filter((i) => [across.at(epochs[i]!), up.at(low[i]!), up.at(high[i]!)].every(Number.isFinite));
  if (there.length < 2) return nothing;
  const edge = (values: readonly number[]) => (i: number) =>
    `${across.at(epochs[i]!).toFixed(1)},${up.at(values[i]!).toFixed(1)}`;
  const d = `M${[...there.map(edge(high)), ...[...there].reverse().map(edge(low))].join('L')}Z`;
  return element('path', { d, fill: colour, 'fill-opacity': 0.14 });
}

function line({ epochs, mean, colour, split }: Curve, { across, up }: CurvesLayout): Html {
  const points = epochs.map((epoch, i) => [across.at(epoch), up.at(mean[i]!)] as const);
  const drawn = points.filter((point) => point.every(Number.isFinite));
  if (drawn.length === 0) return nothing;
  // A path of one point would not be seen.
  if (drawn.length === 1)
    return element('circle', { cx: drawn[0]![0], cy: drawn[0]![1], r: 3, fill: colour });
  return element('path', {
    d: pathOf(points),
    fill: 'none',
    stroke: colour,
    'stroke-width': split === 'train' ? 1.3 : 2,
    'stroke-dasharray': dashes.get(split),
    'stroke-opacity': split === 'train' ? 0.8 : 1,
    'stroke-linejoin': 'round',
    'stroke-linecap': !dashes.has(split) ? 'round' : 'butt',
  });
}

function legendOf(
  curves: readonly Curve[],
  { left, top, width }: { readonly left: number; readonly top: number; readonly width: number },
  ink: string,
): { content: Html; height: number } {
  const losses = [...new Map(curves.map(({ label, colour }) => [label, colour]))];
  // Curves that are of no part of the data have nothing to tell apart.
  const splits = [...new Set(curves.map(({ split }) => split))].filter((split) => split !== '').sort();
  const entries = [
    ...losses.map(([text, colour]) => ({ text, colour, dash: undefined })),
    ...splits.map((text) => ({ text, colour: ink, dash: dashes.get(text) })),
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
    const entry = html`${mark}${textAt(x + 26, y + 9, text, { fill: ink })}`;
    x += needed;
    return entry;
  });
  return { content: html`${content}`, height: entries.length === 0 ? 0 : y - top + legendLine + 4 };
}
