/** So long that what a browser or a system appends still fits. */
const longest = 80;

/**
 * A title as the name of a file that every system takes: words and hyphens, without ending.
 * @param title of a figure.
 * @returns `'figure'` for a title without words.
 */
export const fileName = (title: string): string =>
  [...title.normalize('NFKD').replace(/[^\p{L}\p{N}]+/gu, '-')]
    .slice(0, longest)
    .join('')
    .replace(/^-+|-+$/g, '')
    .toLowerCase() || 'figure';
