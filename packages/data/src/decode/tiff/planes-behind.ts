import type { Directory } from './directory.js';
import { truncatedPlanes } from './page-axes.js';

const [stripOffsets, stripSizes] = [273, 279];
const stackOfMetaMorph = 33_629;

/** Planes for which a page each is made; real files of the kind have hundreds. */
const mostPlanes = 2 ** 16;

/** How many planes a directory is said to stand for. */
function toldPlanes(page: Directory): number {
  const text = page.text(270);
  if (text.startsWith('ImageJ=')) return Number(/^images=(\d+)\s*$/m.exec(text)?.[1] ?? 1);
  return page.count(stackOfMetaMorph) || truncatedPlanes(page);
}

/** Where the strips begin and the bytes of all, where they follow each other and hold just the pixels; else undefined. */
function span(page: Directory): { readonly start: number; readonly bytes: number } | undefined {
  const offsets = page.numbers(stripOffsets) ?? [];
  const sizes = page.numbers(stripSizes) ?? [];
  const bits = page.at(258, 0) ?? 1;
  if (page.first(259, 1) !== 1 || bits % 8 !== 0 || offsets.length === 0 || offsets.length !== sizes.length)
    return undefined;
  const [start] = offsets as [number];
  let end = start;
  for (const [i, offset] of offsets.entries()) {
    if (offset !== end) return undefined;
    end += sizes[i]!;
  }
  const bytes = (page.at(256, 0) ?? 0) * (page.at(257, 0) ?? 0) * page.first(277, 1) * (bits / 8);
  return bytes > 0 && end - start === bytes ? { start, bytes } : undefined;
}

/** The same page, its strips so many bytes further on. */
function shifted(page: Directory, bytes: number): Directory {
  const place = (tag: number, value: number) => (tag === stripOffsets ? value + bytes : value);
  return {
    ...page,
    at(tag, index) {
      const value = page.at(tag, index);
      return value === undefined ? undefined : place(tag, value);
    },
    numbers: (tag) => page.numbers(tag)?.map((value) => place(tag, value)),
    first: (tag, otherwise) => place(tag, page.first(tag, otherwise)),
  };
}

/**
 * A page for each of the planes that lie uncompressed behind the one directory of a file, as ImageJ writes stacks beyond
 * 4 GB, tifffile truncated ones and MetaMorph all: each begins where the one before it ends. Other files keep their pages;
 * so do those that have no room for what they tell of, since a description may be left over from a larger stack.
 * @param size bytes of the file.
 */
export function withPlanesBehind(pages: readonly Directory[], size: number): readonly Directory[] {
  const [page] = pages;
  if (page === undefined || pages.length > 1) return pages;
  const planes = toldPlanes(page);
  if (!(planes > 1 && planes <= mostPlanes)) return pages;
  const found = span(page);
  if (found === undefined) return pages;
  const { start, bytes } = found;
  const end = start + planes * bytes;
  if (end > size || page.liesIn(start, end)) return pages;
  return [page, ...Array.from({ length: planes - 1 }, (_, i) => shifted(page, (i + 1) * bytes))];
}
