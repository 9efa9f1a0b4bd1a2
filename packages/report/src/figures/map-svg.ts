import { type Html, html } from '../html.js';
import { assertPixels } from './sizes.js';
import { paperStyle } from './style.js';
import { contourPanel, gridOf, type PanelScales, type SurfaceSvgOptions } from './surface-svg.js';
import { element, pathOf, svgDocument } from './svg.js';
import type { SurfaceGrid } from './terrain.js';

/** A training on a map: where its weights were, the first of them at its start. */
export interface MapPath {
  readonly label: string;
  /** CSS colour. */
  readonly colour: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface MapSvgOptions extends SurfaceSvgOptions {
  readonly paths: readonly MapPath[];
}

/**
 * A loss surface over a plane of several weights, with the trainings on it: a line for each, a ring where it began, a dot
 * where it ended.
 * @param surface axes and values by loss.
 * @param options paths, loss, title, width and scale.
 * @returns the figure's text.
 * @throws {SegscapeError} as `surfaceSvg`.
 */
export function mapSvg(surface: SurfaceGrid, options: MapSvgOptions): string {
  assertPixels('mapSvg', 'width', options.width, 160);
  return mapFigure(surface, options).toString();
}

/** What `mapSvg` draws, as markup. */
export function mapFigure(surface: SurfaceGrid, { paths, ...options }: MapSvgOptions): Html {
  const { loss, title, width = 380, style } = options;
  const { background } = { ...paperStyle, ...style };
  const grid = gridOf('mapSvg', surface, loss);
  const { content, height, scales } = contourPanel(surface, grid, { ...options, centre: false });
  const name = loss ?? Object.keys(surface.values)[0]!;
  const label = `Map of weights${title ? ` ${title}` : ''}: contours of ${name} with the paths of ${paths.map((path) => path.label).join(', ')}`;
  const drawn = paths.map((path) => walk(path, scales));
  return svgDocument({ width, height, background, label }, html`${content}${drawn}`);
}

/** White under the colour, so that a path shows on every contour. */
function walk({ label, colour, points }: MapPath, { across, up }: PanelScales): Html {
  const places = points.map(({ x, y }) => [across.at(x), up.at(y)] as const);
  const [first, last] = [places[0], places[places.length - 1]];
  if (first === undefined || last === undefined) return html``;
  const line = (attributes: Record<string, string | number>) =>
    element('path', {
      d: pathOf(places),
      fill: 'none',
      'stroke-linejoin': 'round',
      'stroke-linecap': 'round',
      ...attributes,
    });
  const dot = ([cx, cy]: readonly [number, number], attributes: Record<string, string | number>) =>
    element('circle', { cx, cy, ...attributes }, element('title', {}, label));
  return html`${line({ stroke: '#ffffff', 'stroke-width': 4 })}${line({ stroke: colour, 'stroke-width': 2 })}${places
    .slice(1, -1)
    .map((place) => dot(place, { r: 1.8, fill: colour, stroke: '#ffffff', 'stroke-width': 0.6 }))}${dot(
    first,
    {
      r: 4,
      fill: '#ffffff',
      stroke: colour,
      'stroke-width': 2,
    },
  )}${dot(last, { r: 5, fill: colour, stroke: '#ffffff', 'stroke-width': 1.5 })}`;
}
