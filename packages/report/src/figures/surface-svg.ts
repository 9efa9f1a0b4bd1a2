import { SegscapeError } from '@segscape/core';
import { type ContourMultiPolygon, contours } from 'd3-contour';
import { type Html, html, nothing } from '../html.js';
import { colourBar } from './colour-bar.js';
import { type Scale, scaleOf, tickTexts } from './scale.js';
import { assertPixels, assertWhole } from './sizes.js';
import { type FigureStyle, paperStyle } from './style.js';
import { element, fitted, svgDocument, textAt } from './svg.js';
import { commonRange, type SurfaceGrid, shareOf, terrainColour, type ValueRange } from './terrain.js';

export interface SurfaceSvgOptions {
  /** Which of the surface's values, by loss. Default the first. */
  readonly loss?: string;
  readonly title?: string;
  /** Width in pixels, colour bar included. Default 380. */
  readonly width?: number;
  /** Colours by the logarithm of the loss. Default false. */
  readonly log?: boolean;
  /** Values of the first and the last colour. Default the smallest and largest of the surface. */
  readonly range?: readonly [number, number];
  /** Number of colour steps. Default 14. */
  readonly levels?: number;
  /** Draw the colour bar. Default true. */
  readonly bar?: boolean;
  readonly style?: FigureStyle;
}

const margin = { left: 46, right: 12, bottom: 38, top: 10 };
const barRoom = 72;

/** Values of one loss of a surface, checked against its axes. */
export function gridOf(where: string, { x, y, values }: SurfaceGrid, loss?: string): Float32Array {
  const name = loss ?? Object.keys(values)[0] ?? '';
  // A loss may be called as what every object has.
  const grid = Object.hasOwn(values, name) ? values[name] : undefined;
  if (grid === undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: the surface has no loss '${name}'. It has: ${Object.keys(values).join(', ')}.`,
    );
  if (x.length < 2 || y.length < 2 || grid.length !== x.length * y.length)
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `${where}: expected a grid of at least 2 × 2 with ${y.length} × ${x.length} values, got ${grid.length}.`,
    );
  return grid;
}

/**
 * Contours of a loss surface as an SVG figure: filled steps from the lowest (dark) to the highest, the checkpoint
 * itself as a cross at the origin, gray where the loss was not finite.
 *
 *     writeFileSync('surface.svg', surfaceSvg(surface, { loss: 'dice', title: 'Dice', log: true }));
 *
 * @param surface axes and values by loss.
 * @param options loss, title, width in pixels, range and scale.
 * @returns the figure's text.
 * @throws {SegscapeError} `BAD_OPTION` when the surface lacks the loss or a size is none, `SHAPE_MISMATCH` when the grid does
 *   not fit.
 */
export function surfaceSvg(surface: SurfaceGrid, options: SurfaceSvgOptions = {}): string {
  assertPixels('surfaceSvg', 'width', options.width, 160);
  assertLevels('surfaceSvg', options.levels);
  return surfaceFigure(surface, options).toString();
}

export const assertLevels = (where: string, levels: number | undefined): void =>
  assertWhole(where, 'levels', levels, 1, 256);

/** What `surfaceSvg` draws, as markup. */
export function surfaceFigure(surface: SurfaceGrid, options: SurfaceSvgOptions = {}): Html {
  const { loss, title, width = 380, style } = options;
  const grid = gridOf('surfaceSvg', surface, loss);
  const { background } = { ...paperStyle, ...style };
  const { content, height } = contourPanel(surface, grid, options);
  const name = loss ?? Object.keys(surface.values)[0]!;
  const label = `Contours of the loss surface${title ? ` ${title}` : ''}: ${name} over two directions in weight space`;
  return svgDocument({ width, height, background, label }, content);
}

/** The range of an options object or of the grid. */
function rangeOf(grid: Float32Array, { range, log = false }: SurfaceSvgOptions): ValueRange {
  return commonRange([range ?? grid], log);
}

/** From the axes of a surface to pixels. */
export interface PanelScales {
  readonly across: Scale;
  readonly up: Scale;
}

/**
 * Where the axes of a contour panel lie, so that a place on the figure is a place on the plane.
 * @param surface drawn.
 * @param options of the figure: title, width and bar.
 */
export function panelScales(
  { x, y }: Pick<SurfaceGrid, 'x' | 'y'>,
  { title, width = 380, bar = true }: SurfaceSvgOptions,
): PanelScales & { readonly top: number; readonly side: number; readonly height: number } {
  const top = margin.top + (title ? 20 : 0);
  const side = width - margin.left - (bar ? barRoom : margin.right);
  return {
    across: scaleOf([x[0]!, x[x.length - 1]!], [margin.left, margin.left + side], { ticks: 4 }),
    up: scaleOf([y[0]!, y[y.length - 1]!], [top + side, top], { ticks: 4 }),
    top,
    side,
    height: top + side + margin.bottom,
  };
}

/** One contour panel with axes, as SVG content; `centre: false` leaves the checkpoint's cross out. */
export function contourPanel(
  surface: SurfaceGrid,
  grid: Float32Array,
  options: SurfaceSvgOptions & { readonly centre?: boolean },
): { content: Html; height: number; scales: PanelScales } {
  const { title, levels = 14, bar = true, centre = true, style } = options;
  const { ink, rule } = { ...paperStyle, ...style };
  const range = rangeOf(grid, options);
  const { across, up, top, side, height } = panelScales(surface, options);
  const parts = [
    ...(title
      ? [textAt(margin.left, 17, fitted(title, side, 13), { fill: ink, size: 13, weight: 600 })]
      : []),
    bands(surface, grid, range, levels, { left: margin.left, top, side }),
    element('rect', { x: margin.left, y: top, width: side, height: side, fill: 'none', stroke: rule }),
    centre && holds(across.domain, 0) && holds(up.domain, 0) ? cross(across.at(0), up.at(0)) : nothing,
    ...axisText(across.ticks, (v) => [across.at(v), top + side + 15, 'middle'] as const, ink),
    ...axisText(up.ticks, (v) => [margin.left - 6, up.at(v) + 4, 'end'] as const, ink),
    textAt(margin.left + side / 2, height - 6, 'direction 1', { fill: ink, anchor: 'middle', opacity: 0.75 }),
    textAt(13, top + side / 2, 'direction 2', {
      fill: ink,
      anchor: 'middle',
      opacity: 0.75,
      transform: `rotate(-90 13 ${top + side / 2})`,
    }),
    ...(bar
      ? [colourBar(range, levels, { left: margin.left + side + 12, top, height: side }, { ink, rule })]
      : []),
  ];
  return { content: html`${parts}`, height, scales: { across, up } };
}

const holds = ([a, b]: readonly [number, number], value: number) =>
  Math.min(a, b) <= value && value <= Math.max(a, b);

function axisText(
  ticks: readonly number[],
  place: (value: number) => readonly [number, number, 'middle' | 'end'],
  ink: string,
): Html[] {
  const texts = tickTexts(ticks);
  return ticks.map((tick, i) => {
    const [x, y, anchor] = place(tick);
    return textAt(x, y, texts[i]!, { fill: ink, anchor, opacity: 0.75 });
  });
}

interface Square {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

function bands(
  { x, y }: SurfaceGrid,
  grid: Float32Array,
  range: ValueRange,
  levels: number,
  { left, top, side }: Square,
): Html {
  const [nx, ny] = [x.length, y.length];
  const shares = Array.from(grid, (value) => shareOf(value, range));
  const thresholds = Array.from({ length: levels - 1 }, (_, k) => (k + 1) / levels);
  const polygons = contours().size([nx, ny]).thresholds(thresholds)(shares);
  // A sample of d3-contour lies at the middle of its cell; the frame goes from the first sample to the last.
  const px = (u: number) => left + (Math.max(0, Math.min(nx - 1, u - 0.5)) / (nx - 1)) * side;
  const py = (v: number) => top + side - (Math.max(0, Math.min(ny - 1, v - 0.5)) / (ny - 1)) * side;
  const ring = ({ coordinates }: ContourMultiPolygon) =>
    coordinates
      .flat()
      .map((points) => `M${points.map(([u, v]) => `${px(u!).toFixed(1)},${py(v!).toFixed(1)}`).join('L')}Z`)
      .join('');
  const step = (k: number) => terrainColour((k + 0.5) / levels);
  const layers = polygons.map((polygon, k) =>
    polygon.coordinates.length === 0
      ? nothing
      : element('path', {
          d: ring(polygon),
          fill: step(k + 1),
          stroke: '#ffffff',
          'stroke-opacity': 0.35,
          'stroke-width': 0.6,
        }),
  );
  const cell = side / (nx - 1);
  const holes = Array.from(grid).flatMap((value, i) =>
    Number.isFinite(value)
      ? []
      : [
          element('circle', {
            cx: px((i % nx) + 0.5),
            cy: py(Math.floor(i / nx) + 0.5),
            r: Math.min(5, cell / 3),
            fill: '#8a8f98',
          }),
        ],
  );
  const ground = element('rect', { x: left, y: top, width: side, height: side, fill: step(0) });
  return html`${ground}${layers}${holes}`;
}

/** Where the checkpoint is: white over a dark line, so that it shows on every colour. */
const cross = (x: number, y: number) => {
  const d = `M${x - 5},${y}H${x + 5}M${x},${y - 5}V${y + 5}`;
  const under = element('path', { d, stroke: '#1c2330', 'stroke-width': 4, 'stroke-linecap': 'round' });
  const over = element('path', { d, stroke: '#ffffff', 'stroke-width': 2, 'stroke-linecap': 'round' });
  return html`${under}${over}`;
};
