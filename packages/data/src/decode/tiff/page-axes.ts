import type { Directory } from './directory.js';
import { isSize, micrometres } from './micrometres.js';
import { inOrder, type PlaneAxis, planesOf, type Series, shownPlanes, type TiffMeaning } from './series.js';

/** Pages of a file that hold planes, by their index among all. */
type Own = readonly number[];

/** What ImageJ writes: `channels=2`, `slices=5`, `frames=3`, the channels fastest. */
export function imageJ(text: string, own: Own): TiffMeaning {
  const field = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1];
  const size = (name: string) => Number(field(name) ?? 1);
  const images = size('images');
  // A description may be left over from a larger stack.
  if (own.length === 1) return { images };
  const told = { C: size('channels'), Z: size('slices'), T: size('frames') };
  const sizes = planesOf(told) === 1 ? { ...told, Z: own.length } : told;
  if (planesOf(sizes) !== own.length)
    return { images, odd: `ImageJ tells of ${shownPlanes(told)}, and it has ${own.length} pages` };
  const unit = micrometres(field('unit') ?? '') ?? Number.NaN;
  const between = Math.abs(Number(field('spacing') ?? Number.NaN)) * unit;
  return { images, series: [{ ...inOrder('CZT', sizes, own), ...(isSize(between) && { between }) }] };
}

interface Shaped {
  readonly shape: readonly number[];
  readonly axes: string;
  readonly truncated: boolean;
}

/** The JSON of tifffile, `{"shape": [3, 64, 64], "axes": "CYX"}`; undefined for other text. */
function shapedBy(text: string): Shaped | undefined {
  let content: { readonly shape?: unknown; readonly axes?: unknown; readonly truncated?: unknown } | null;
  try {
    content = JSON.parse(text) as typeof content;
  } catch {
    return undefined;
  }
  if (!Array.isArray(content?.shape)) return undefined;
  const [shape, axes] = [content.shape.map(Number), typeof content.axes === 'string' ? content.axes : ''];
  return { shape, axes: axes.length === shape.length ? axes : '', truncated: content.truncated === true };
}

/** The picture that begins at `own[at]`: its axes without those of a page, the slowest first. */
function shapedSeries({ shape, axes }: Shaped, page: Directory, own: Own, at: number): Series {
  const samples = page.first(277, 1) > 1 ? 1 : 0;
  const planar = page.first(284, 1) === 2 ? samples : 0;
  const rows = axes.indexOf('Y');
  const count = Math.max(0, rows < 0 ? shape.length - 2 - samples : rows - planar);
  const several = shape
    .slice(0, count)
    .map((size, i) => [axes[i] ?? 'Q', size] as const)
    .filter(([, size]) => size !== 1);
  const isKnown = (name: string) => 'ZCT'.includes(name);
  const unknown = several.filter(([name]) => !isKnown(name));
  // One axis that nobody named is depth, as it is for pages without a description.
  const asDepth = unknown.length === 1 && !several.some(([name]) => name === 'Z');
  const sizes = { Z: 1, C: 1, T: 1 };
  let order = '';
  for (const [name, size] of several) {
    const axis = isKnown(name) ? (name as PlaneAxis) : 'Z';
    sizes[axis] *= size;
    order = axis + order;
  }
  const found = inOrder(order, sizes, own.slice(at, at + planesOf(sizes)));
  if (unknown.length === 0 || asDepth) return found;
  return {
    ...found,
    odd: `tifffile tells of ${shape.join('×')} values${axes === '' ? '' : ` along ${axes}`}`,
  };
}

/** Planes of a picture of which tifffile wrote one directory (`truncate`); 1 for other pages. */
export function truncatedPlanes(page: Directory): number {
  const text = page.text(270);
  const told = text.startsWith('{') ? shapedBy(text) : undefined;
  return told?.truncated ? planesOf(shapedSeries(told, page, [], 0).sizes) : 1;
}

/** What tifffile writes with the first page of each picture; undefined for the text of others. */
export function shaped(pages: readonly Directory[], own: Own): TiffMeaning | undefined {
  const series: Series[] = [];
  let at = 0;
  while (at < own.length) {
    const page = pages[own[at]!]!;
    const told = shapedBy(page.text(270));
    if (told === undefined && at === 0) return undefined;
    const found = told && shapedSeries(told, page, own, at);
    const planes = found === undefined ? 0 : planesOf(found.sizes);
    if (told?.truncated && planes > 1 && own.length === 1)
      return { odd: `tifffile's ${planes} planes of one picture lie in one directory` };
    if (own.length === 1) return {};
    if (found === undefined || !(planes >= 1) || at + planes > own.length)
      return { odd: `what tifffile tells of its pages does not fit the ${own.length} that there are` };
    series.push(found);
    at += planes;
  }
  return { series };
}

/** What Zeiss writes of a stack (LSM, tag 34412): its channels are samples of a page. */
export function zeiss(page: Directory, own: Own): TiffMeaning | undefined {
  const info = page.bytes(34_412);
  if (info === undefined || info.length < 28) return undefined;
  const view = new DataView(info.buffer, info.byteOffset, info.length);
  const sizes = { Z: view.getInt32(16, true), C: 1, T: view.getInt32(24, true) };
  if (planesOf(sizes) === own.length) return { series: [inOrder('ZT', sizes, own)] };
  return { odd: `Zeiss LSM tells of ${shownPlanes(sizes)}, and it has ${own.length} pages` };
}
