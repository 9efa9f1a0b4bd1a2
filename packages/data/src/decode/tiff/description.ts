import { isOfInstrument, isPrinted } from '../instrument-resolution.js';
import type { Directory } from './directory.js';
import { isSize, micrometres } from './micrometres.js';
import { omeXml } from './ome-xml.js';
import { imageJ, shaped, zeiss } from './page-axes.js';
import type { TiffMeaning } from './series.js';

/** Micrometres of a pixel `[y, x]` by XResolution and YResolution, which count pixels in a unit of `size` micrometres. */
function sidesIn(size: number | undefined, tags: Directory): readonly [number, number] | undefined {
  if (size === undefined || !tags.has(282) || !tags.has(283)) return undefined;
  const [y, x] = [size / tags.first(283), size / tags.first(282)];
  return isSize(y) && isSize(x) ? [y, x] : undefined;
}

/** From a resolution in inches or centimetres, where it is no screen's or printer's. */
function byResolution(tags: Directory): Pick<TiffMeaning, 'spacing'> {
  const spacing = sidesIn([undefined, undefined, 25_400, 10_000][tags.first(296, 2)], tags);
  return spacing && isOfInstrument(spacing) ? { spacing } : {};
}

/**
 * From the unit that ImageJ names. What it names is a scale, however coarse; but of a file with a print resolution it makes
 * inches or centimetres of its own accord.
 */
function byImageJ(text: string, tags: Directory): Pick<TiffMeaning, 'spacing'> {
  const unit = /^unit=(.*)$/m.exec(text)?.[1] ?? '';
  const spacing = sidesIn(micrometres(unit), tags);
  if (spacing === undefined) return {};
  return /^(inch|in|cm)$/.test(unit) && spacing.some(isPrinted) ? {} : { spacing };
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
  const plain = byResolution(front);
  if (text.startsWith('ImageJ=')) return { ...plain, ...byImageJ(text, front), ...imageJ(text, own) };
  if (/<(?:\w+:)?OME[\s>]/.test(text.slice(0, 2000))) return { ...plain, ...omeXml(text, pages) };
  // MetaMorph's planes follow each other behind one directory, which describes the first.
  const stacked = front.count(33_629);
  if (pages.length === 1 && stacked > 1)
    return { ...plain, odd: `MetaMorph's ${stacked} planes lie in one directory` };
  return { ...plain, ...(zeiss(front, own) ?? (text.startsWith('{') ? shaped(pages, own) : undefined)) };
}
