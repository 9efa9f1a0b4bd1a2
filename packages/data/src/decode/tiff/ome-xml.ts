import type { Directory } from './directory.js';
import { isSize, micrometres } from './micrometres.js';
import { attributeOf, type Block, numberOf, omeElements, type Pixels } from './ome-elements.js';
import {
  inOrder,
  type PlaneAxis,
  type Planes,
  planesOf,
  type Series,
  shownPlanes,
  standing,
  type TiffMeaning,
} from './series.js';

const orders = /^XY(ZCT|ZTC|CZT|CTZ|TZC|TCZ)$/;

function sizesOf({ attributes, samples }: Pixels, pages: readonly Directory[]): Planes {
  const size = (axis: PlaneAxis) => numberOf(attributes, `Size${axis}`) ?? 1;
  // Red, green and blue side by side are one page, though they are three channels.
  const perPage = Math.max(1, [...samples][0] ?? pages[0]!.first(277, 1));
  return { Z: size('Z'), C: Math.max(1, size('C') / perPage), T: size('T') };
}

/** Micrometres along an axis. */
function lengthOf(attributes: string, axis: 'X' | 'Y' | 'Z'): number | undefined {
  const unit = micrometres(attributeOf(attributes, `PhysicalSize${axis}Unit`) ?? 'um');
  const length = (numberOf(attributes, `PhysicalSize${axis}`) ?? Number.NaN) * (unit ?? Number.NaN);
  return isSize(length) ? length : undefined;
}

/** A file of several describes all of their planes; more than that many times its own are made up. */
const mostTold = 16;

/** A picture with all pages that its blocks name. */
interface Located extends Series {
  readonly pages: readonly number[];
  /** Names of the other files in which planes lie. */
  readonly others: readonly string[];
}

/** @param isOther whether a block lies in another file. */
function located(
  pixels: Pixels,
  pages: readonly Directory[],
  isOther: (block: Block) => boolean,
  from: number,
): Located {
  const { image, attributes, samples } = pixels;
  const sizes = sizesOf(pixels, pages);
  const order = orders.exec(attributeOf(attributes, 'DimensionOrder') ?? '')?.[1] ?? 'ZCT';
  const total = planesOf(sizes);
  const sound = Object.values(sizes).every((side) => Number.isInteger(side) && side > 0);
  const start = { ifd: from, first: { Z: 0, C: 0, T: 0 }, count: total };
  const blocks: readonly Block[] = pixels.blocks.length === 0 ? [start] : pixels.blocks;
  const others = [...new Set(blocks.filter(isOther).map(({ file }) => file!.name))];
  // No more is made than the file has pages, whatever is declared.
  const listed = Array<number>(sound ? Math.min(total, pages.length) : 0).fill(-1);
  let placed = 0;
  for (const block of blocks) {
    if (isOther(block)) continue;
    const { ifd, first, count = ifd === undefined ? total : 1 } = block;
    const at = standing(order, sizes, first);
    if (!(Number.isInteger(at) && at >= 0)) continue;
    // Each plane has one page, so that blocks place no more of them than there are, whatever they declare.
    for (let i = 0; i < count && at + i < listed.length && placed <= listed.length; i++, placed++)
      listed[at + i] = (ifd ?? 0) + i;
  }
  const there = listed.filter((page) => pages[page] !== undefined);
  const [y, x, between] = (['Y', 'X', 'Z'] as const).map((axis) => lengthOf(attributes, axis));
  const named = `${others.slice(0, 3).join(', ')}${others.length > 3 ? ', …' : ''}`;
  const odd =
    others.length > 0
      ? `planes of its picture (${shownPlanes(sizes)}) lie in other files (${named}), which are not looked for`
      : there.length < total || placed > total || samples.size > 1 || !sound
        ? `its OME-XML tells of ${shownPlanes(sizes)}, and it has ${pages.length} pages`
        : undefined;
  return {
    ...inOrder(order, sizes, listed),
    ...(image !== '' && { name: image }),
    ...(y !== undefined && x !== undefined && { spacing: [y, x] as const }),
    ...(between !== undefined && { between }),
    ...(odd !== undefined && { odd }),
    pages: there,
    others,
  };
}

/**
 * What OME-XML tells of a file's pages: its pictures, and which page holds which of their planes.
 * @see OME-TIFF specification, https://ome-model.readthedocs.io/en/stable/ome-tiff/specification.html
 */
export function omeXml(text: string, pages: readonly Directory[]): TiffMeaning {
  const { pixels, id, elsewhere } = omeElements(text);
  const files = new Set(pixels.flatMap(({ blocks }) => blocks.flatMap(({ file }) => file?.id ?? [])));
  // A file that does not say its own id is the one that all planes name.
  const own = id ?? (files.size === 1 ? [...files][0] : undefined);
  const isOther = ({ file }: Block) => file !== undefined && file.id !== own;
  const here = pixels.filter(({ blocks }) => blocks.length === 0 || blocks.some((block) => !isOther(block)));
  const planes = here.reduce((sum, one) => sum + planesOf(sizesOf(one, pages)), 0);
  if (here.length > 1 && !(planes <= mostTold * pages.length))
    return { odd: `its OME-XML tells of ${planes} planes, and it has ${pages.length} pages` };
  let from = 0;
  const series = here.map((one) => {
    const found = located(one, pages, isOther, from);
    from += planesOf(found.sizes);
    return found;
  });
  const [first] = series;
  const spacing = first?.spacing === undefined ? {} : { spacing: first.spacing };
  if (elsewhere !== undefined)
    return { odd: `it is described in another file (${elsewhere}), which is not looked for` };
  if (pixels.length > 0 && series.length === 0)
    return { odd: `its OME-XML tells only of other files (${[...files].slice(0, 3).join(', ')})` };
  // One page is all that there is, whatever it was a part of when it was described.
  if (pages.length === 1 && series.every(({ others }) => others.length === 0)) return spacing;
  const told = new Set(series.flatMap((one) => one.pages));
  const whole = pages.every((page, i) => told.has(i) || (page.first(254, 0) & 1) === 1);
  const odd = `its OME-XML tells of ${told.size} of its ${pages.length} pages`;
  return { ...spacing, ...(series.length > 0 && { series }), ...(!whole && { odd }) };
}
