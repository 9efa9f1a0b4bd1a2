/**
 * SVG figures as PNG bytes, in Node, through the optional package `@resvg/resvg-js`.
 *
 *     import { svgToPng } from '@segscape/report/png';
 *
 *     await writeFile('surface.png', await svgToPng(surfaceSvg(surface)));
 *
 * @module
 */
import { SegscapeError } from '@segscape/core';
import { readable, readSvg } from './vector/resvg.js';

export interface SvgToPngOptions {
  /** Pixels of the picture for one pixel of the figure. Default 2. */
  readonly scale?: number;
}

/**
 * Draws an SVG as PNG.
 * @param svg a figure of this package, or any SVG text.
 * @param options how many pixels of the picture a pixel of the figure has.
 * @returns the bytes of a PNG file.
 * @throws {SegscapeError} `BACKEND_UNAVAILABLE` when `@resvg/resvg-js` is missing, `BAD_OPTION` for what is not SVG.
 */
export async function svgToPng(svg: string, { scale = 2 }: SvgToPngOptions = {}): Promise<Uint8Array> {
  if (!(scale > 0 && scale <= 16))
    throw new SegscapeError('BAD_OPTION', `svgToPng: scale (=${scale}) must be above 0 and at most 16.`);
  const read = await readSvg('svgToPng', svg, scale);
  return readable('svgToPng', () => new Uint8Array(read.render().asPng()));
}
