import { SegscapeError } from '@segscape/core';

/** An SVG as resvg has read it. */
export type ReadSvg = InstanceType<typeof import('@resvg/resvg-js').Resvg>;

/**
 * Reads an SVG through the optional package `@resvg/resvg-js`, with the fonts of the system.
 * @param caller named in errors.
 * @param svg its text.
 * @param scale pixels of a picture for one of the figure.
 * @throws {SegscapeError} `BACKEND_UNAVAILABLE` when the package is missing, `BAD_OPTION` for what is not SVG.
 */
export async function readSvg(caller: string, svg: string, scale = 1): Promise<ReadSvg> {
  const { Resvg } = await load(caller);
  return readable(caller, () => {
    return new Resvg(svg, {
      fitTo: { mode: 'zoom', value: scale },
      font: { loadSystemFonts: true, sansSerifFamily: 'DejaVu Sans' },
    });
  });
}

/** What resvg makes of an SVG, or an error that says so. */
export function readable<T>(caller: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw new SegscapeError(
      'BAD_OPTION',
      `${caller}: this is not an SVG that can be drawn (${String(cause)}).`,
      { cause },
    );
  }
}

async function load(caller: string): Promise<typeof import('@resvg/resvg-js')> {
  try {
    return await import('@resvg/resvg-js');
  } catch (cause) {
    throw new SegscapeError(
      'BACKEND_UNAVAILABLE',
      `${caller}: the optional package '@resvg/resvg-js' is not installed. Run \`npm install @resvg/resvg-js\`.`,
      { cause },
    );
  }
}
