import { escapeText, type Html, type HtmlPart, html, isEmpty, nothing, unescaped } from '../html.js';
import { fontFamily } from './style.js';

type Attributes = Readonly<Record<string, string | number | undefined>>;

const rounded = (value: string | number) =>
  typeof value === 'number' ? String(Math.round(value * 100) / 100) : escapeText(value);

/** An element; its name and those of its attributes are ours, all else is escaped. */
export function element(name: string, attributes: Attributes, content: HtmlPart = nothing): Html {
  const list = Object.entries(attributes)
    .flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${rounded(value)}"`]))
    .join('');
  const inside = html`${content}`;
  return unescaped(isEmpty(inside) ? `<${name}${list}/>` : `<${name}${list}>${inside}</${name}>`);
}

export interface TextOptions {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly size?: number;
  readonly weight?: number;
  readonly fill: string;
  readonly opacity?: number;
  readonly transform?: string;
}

/** A line of text whose baseline begins at (x, y). */
export const textAt = (
  x: number,
  y: number,
  text: string,
  { anchor = 'start', size = 11, weight, fill, opacity, transform }: TextOptions,
): Html =>
  element(
    'text',
    {
      x,
      y,
      'text-anchor': anchor === 'start' ? undefined : anchor,
      'font-size': size,
      'font-weight': weight,
      fill,
      opacity,
      transform,
    },
    text,
  );

/** Points as a path; a gap where a value is not finite. */
export function pathOf(points: readonly (readonly [number, number])[]): string {
  let path = '';
  let pen = false;
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      pen = false;
      continue;
    }
    path += `${pen ? 'L' : 'M'}${x.toFixed(1)},${y.toFixed(1)}`;
    pen = true;
  }
  return path;
}

export interface DocumentOptions {
  readonly width: number;
  readonly height: number;
  readonly background: string;
  /** What a reader of the screen hears. */
  readonly label: string;
}

/** A whole SVG document. */
export function svgDocument({ width, height, background, label }: DocumentOptions, content: HtmlPart): Html {
  const back = background === 'none' ? nothing : element('rect', { width, height, fill: background });
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-label': label,
      'font-family': fontFamily,
    },
    html`<title>${label}</title>${back}${content}`,
  );
}

/** Text cut to about `width` pixels at the given size. */
export function fitted(text: string, width: number, size = 11): string {
  const room = Math.max(3, Math.floor(width / (size * 0.55)));
  const characters = [...text];
  return characters.length <= room ? text : `${characters.slice(0, room - 1).join('')}…`;
}
