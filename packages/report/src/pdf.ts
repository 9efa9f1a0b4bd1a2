/**
 * SVG figures as vector PDF bytes, in Node, through the optional packages `pdfkit` and `@resvg/resvg-js`.
 *
 *     import { svgToPdf } from '@segscape/report/pdf';
 *
 *     await writeFile('surface.pdf', await svgToPdf(surfaceSvg(surface)));
 *
 * @module
 */
import { SegscapeError } from '@segscape/core';
import { cubicPath } from './vector/cubic-path.js';
import { type OutlinedPath, outlinedPaths } from './vector/outlined-paths.js';
import { readable, readSvg } from './vector/resvg.js';

/** A pixel of CSS is 1/96 of an inch, a point of PDF 1/72. */
const pointsOfPixel = 72 / 96;

export interface SvgToPdfOptions {
  /** What a reader shows as the title of the file. Default the figure's own `<title>`. */
  readonly title?: string;
}

type Document = PDFKit.PDFDocument;

/**
 * Draws an SVG as a PDF of one page that is as large as the figure. Everything is vectors; texts are outlines of the fonts that
 * `svgToPng` draws with, so that no font has to be embedded and the file looks the same everywhere. The same figure gives the
 * same bytes.
 * @param svg a figure of this package: shapes, lines and texts in plain colours.
 * @param options the title.
 * @returns the bytes of a PDF file.
 * @throws {SegscapeError} `BACKEND_UNAVAILABLE` when one of the packages is missing, `BAD_OPTION` for what is not SVG and for
 *   what has no paths: pictures, gradients, masks, filters.
 */
export async function svgToPdf(
  svg: string,
  { title = titleOf(svg) }: SvgToPdfOptions = {},
): Promise<Uint8Array> {
  const read = await readSvg('svgToPdf', svg);
  const { width, height, paths } = outlinedPaths(
    'svgToPdf',
    readable('svgToPdf', () => read.toString()),
  );
  const PdfDocument = await load();
  const document = new PdfDocument({
    size: [width * pointsOfPixel, height * pointsOfPixel],
    margin: 0,
    // A date of its own would make every file another.
    info: { Title: title, Producer: 'SegScape', Creator: 'SegScape', CreationDate: new Date(0) },
  });
  const chunks: Uint8Array[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    document.on('end', resolve);
    document.on('error', reject);
  });
  document.scale(pointsOfPixel);
  for (const path of paths) draw(document, path);
  document.end();
  await ended;
  return joined(chunks);
}

function draw(document: Document, path: OutlinedPath): void {
  const { d, fill, stroke, evenOdd, dash, transforms } = path;
  if (d === '' || (fill === undefined && stroke === undefined)) return;
  document.save();
  for (const [a = 1, b = 0, c = 0, e = 1, x = 0, y = 0] of transforms) document.transform(a, b, c, e, x, y);
  document.fillOpacity(path.fillOpacity).strokeOpacity(path.strokeOpacity);
  document.lineWidth(path.strokeWidth).lineCap(path.cap).lineJoin(path.join);
  if (dash) document.dash(dash.length, { space: dash.space });
  document.path(cubicPath(d));
  const rule = evenOdd ? 'even-odd' : 'non-zero';
  if (fill !== undefined && stroke !== undefined) document.fillAndStroke(fill, stroke, rule);
  else if (fill !== undefined) document.fill(fill, rule);
  else document.stroke(stroke);
  document.restore();
}

const entities: ReadonlyMap<string, string> = new Map([
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#39;', "'"],
  ['&#13;', '\r'],
  ['&amp;', '&'],
]);

/** The title of a figure, as text. */
const titleOf = (svg: string): string =>
  (/<title>([^<]*)<\/title>/.exec(svg)?.[1] ?? '').replace(
    /&(?:lt|gt|quot|#39|#13|amp);/g,
    (entity) => entities.get(entity) ?? entity,
  );

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

async function load(): Promise<typeof import('pdfkit')> {
  try {
    return (await import('pdfkit')).default;
  } catch (cause) {
    throw new SegscapeError(
      'BACKEND_UNAVAILABLE',
      "svgToPdf: the optional package 'pdfkit' is not installed. Run `npm install pdfkit`.",
      { cause },
    );
  }
}
