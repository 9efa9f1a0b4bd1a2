import type { Directory, TiffFile } from './directory.js';

/** Whether a page shows the whole picture, but for the rounding of its sides, and not more of it. */
function isLevel(whole: Directory, page: Directory): boolean {
  const [width, height] = [whole.first(256), whole.first(257)];
  const [w, h] = [page.first(256), page.first(257)];
  const alike = page.first(277, 1) === whole.first(277, 1) && page.first(262, 1) === whole.first(262, 1);
  return (
    alike && w <= width && h <= height && Math.abs(w * height - h * width) <= 2 * Math.max(width, height)
  );
}

/**
 * The levels of a page's pyramid, the page itself first: the directories below it (SubIFDs, as OME-TIFF has them), or
 * pages that call themselves smaller copies of the one picture that there is (NewSubfileType 1).
 */
export function levelsOf({ pages, below }: TiffFile, whole: Directory): Directory[] {
  const inside = below(whole);
  const copies = pages.filter((page) => page !== whole && (page.first(254, 0) & 5) === 1);
  const smaller = inside.length > 0 ? inside : copies.length === pages.length - 1 ? copies : [];
  return [
    whole,
    ...smaller.filter((page) => isLevel(whole, page)).sort((a, b) => b.first(256) - a.first(256)),
  ];
}
