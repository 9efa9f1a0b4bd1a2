import { assertPixels } from './sizes.js';
import { paperStyle } from './style.js';
import { assertLevels, contourPanel, gridOf, type SurfaceSvgOptions } from './surface-svg.js';
import { element, svgDocument } from './svg.js';
import { commonRange, type SurfaceGrid } from './terrain.js';

/** One of two surfaces. */
export interface SurfacePanel {
  readonly surface: SurfaceGrid;
  /** Which of the surface's values, by loss. Default the first. */
  readonly loss?: string;
  readonly title?: string;
}

/**
 * Two loss surfaces side by side on one scale of colours, as an SVG figure.
 *
 * @param left surface, its loss and title.
 * @param right beside it.
 * @param options `width` is that of the whole figure, default 720; `range` defaults to what both need.
 * @returns the figure's text.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`, as `surfaceSvg`.
 */
export function surfacePairSvg(
  left: SurfacePanel,
  right: SurfacePanel,
  options: Omit<SurfaceSvgOptions, 'loss' | 'title' | 'bar'> = {},
): string {
  const { width = 720, log = false, style } = options;
  assertPixels('surfacePairSvg', 'width', options.width, 320);
  assertLevels('surfacePairSvg', options.levels);
  const { background } = { ...paperStyle, ...style };
  const grids = [left, right].map(({ surface, loss }) => gridOf('surfacePairSvg', surface, loss));
  const { low, high } = commonRange(grids, log);
  // The right panel alone has the bar, which is 60 pixels more than an empty margin.
  const narrow = (width - 60 - 8) / 2;
  const drawn = [left, right].map(({ surface, title }, i) =>
    contourPanel(surface, grids[i]!, {
      ...options,
      range: options.range ?? [low, high],
      width: narrow + (i === 0 ? 0 : 60),
      bar: i === 1,
      ...(title !== undefined && { title }),
    }),
  );
  const content = drawn.map(({ content: panel }, i) =>
    element('g', { transform: `translate(${i * (narrow + 8)} 0)` }, panel),
  );
  const names = [left, right].map(({ title, loss }) => title ?? loss ?? 'surface').join(' and ');
  return svgDocument(
    {
      width,
      height: Math.max(...drawn.map(({ height }) => height)),
      background,
      label: `Contours of two loss surfaces on one scale: ${names}`,
    },
    content,
  ).toString();
}
