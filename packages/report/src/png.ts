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
  const { Resvg } = await load();
  try {
    const drawn = new Resvg(svg, {
      fitTo: { mode: 'zoom', value: scale },
      font: { loadSystemFonts: true, sansSerifFamily: 'DejaVu Sans' },
    }).render();
    return new Uint8Array(drawn.asPng());
  } catch (cause) {
    throw new SegscapeError(
      'BAD_OPTION',
      `svgToPng: this is not an SVG that can be drawn (${String(cause)}).`,
      {
        cause,
      },
    );
  }
}

async function load(): Promise<typeof import('@resvg/resvg-js')> {
  try {
    return await import('@resvg/resvg-js');
  } catch (cause) {
    throw new SegscapeError(
      'BACKEND_UNAVAILABLE',
      "svgToPng: the optional package '@resvg/resvg-js' is not installed. Run `npm install @resvg/resvg-js`.",
      { cause },
    );
  }
}
