import type { Directory } from './directory.js';
import { isSize, micrometres } from './micrometres.js';
import { omeXml } from './ome-xml.js';
import { imageJ, shaped, zeiss } from './page-axes.js';
import type { TiffMeaning } from './series.js';

/** From XResolution and YResolution with a unit of inches or centimetres, or ImageJ's own unit. */
function byResolution(tags: Directory, unit: number | undefined): Pick<TiffMeaning, 'spacing'> {
  const size = unit ?? [undefined, undefined, 25_400, 10_000][tags.first(296, 2)];
  if (size === undefined || !tags.has(282) || !tags.has(283)) return {};
  const [y, x] = [size / tags.first(283), size / tags.first(282)];
  return isSize(y) && isSize(x) ? { spacing: [y, x] } : {};
}

/**
 * What the tags and its writer's description (ImageJ, OME-XML, tifffile, Zeiss) say of a file's pages.
 *
 * @param pages all of them.
 * @param own those that hold planes, by their index.
 */
export function meaningOf(pages: readonly Directory[], own: readonly number[]): TiffMeaning {
  const front = pages[own[0]!]!;
  const text = front.text(270);
  const plain = byResolution(front, undefined);
  if (text.startsWith('ImageJ=')) {
    const unit = micrometres(/^unit=(.*)$/m.exec(text)?.[1] ?? '');
    return { ...plain, ...(unit !== undefined && byResolution(front, unit)), ...imageJ(text, own) };
  }
  if (/<(?:\w+:)?OME[\s>]/.test(text.slice(0, 2000))) return { ...plain, ...omeXml(text, pages) };
  // MetaMorph's planes follow each other behind one directory, which describes the first.
  const stacked = front.count(33_629);
  if (pages.length === 1 && stacked > 1)
    return { ...plain, odd: `MetaMorph's ${stacked} planes lie in one directory` };
  return { ...plain, ...(zeiss(front, own) ?? (text.startsWith('{') ? shaped(pages, own) : undefined)) };
}
