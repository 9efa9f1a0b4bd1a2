const namespace = 'http://www.w3.org/2000/svg';
const gap = 8;
const line = 16;
const labelWidth = 150;

function drawn(name: string, attributes: Readonly<Record<string, string | number>>, text = ''): SVGElement {
  const element = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.textContent = text;
  return element;
}

const wordsOf = (cell: Element | undefined) => cell?.textContent?.trim() ?? '';

/**
 * The pictures of a table as one figure, with the table's headings and what stands below each picture, so that it can be saved like
 * a drawn one.
 * @param table whose first row and column are headings.
 * @param title of the figure.
 * @param above pictures with their captions, in a row of their own above the table. Default none.
 */
export function pictureSheet(
  table: HTMLTableElement,
  title: string,
  above: readonly HTMLElement[] = [],
): SVGSVGElement {
  const [head, ...body] = [...table.rows];
  const pictures = [table, ...above].flatMap((part) => [...part.querySelectorAll('img')]);
  const width = Math.max(1, ...pictures.map((picture) => picture.width));
  const height = Math.max(1, ...pictures.map((picture) => picture.height));
  const columns = Math.max(1, above.length, ...body.map(({ cells }) => cells.length - 1));
  const lead = above.length === 0 ? 0 : height + line + gap;
  const size = {
    width: labelWidth + columns * (width + gap),
    height: lead + line + body.length * (height + line + gap),
  };
  const svg = drawn('svg', {
    viewBox: `0 0 ${size.width} ${size.height}`,
    ...size,
    'font-family': 'sans-serif',
    'font-size': 11,
  }) as SVGSVGElement;
  const text = (x: number, y: number, words: string) =>
    svg.append(drawn('text', { x, y, fill: 'currentColor' }, words));
  svg.append(drawn('title', {}, title));
  const left = (column: number) => labelWidth + column * (width + gap);
  const place = (picture: HTMLImageElement, x: number, y: number, words: string) => {
    const at = { x, y, width: picture.width, height: picture.height };
    svg.append(drawn('image', { href: picture.src, ...at, 'image-rendering': 'pixelated' }));
    text(x, y + picture.height + line - 5, words);
  };
  for (const [column, figure] of above.entries()) {
    const picture = figure.querySelector('img');
    if (picture) place(picture, left(column), 0, wordsOf(figure));
  }
  for (let column = 0; column < columns; column++)
    text(left(column), lead + line - 5, wordsOf(head?.cells[column + 1]));
  for (const [row, { cells }] of body.entries()) {
    const top = lead + line + row * (height + line + gap);
    text(0, top + height / 2, wordsOf(cells[0]));
    for (let column = 0; column < columns; column++) {
      const cell = cells[column + 1];
      const picture = cell?.querySelector('img');
      if (!cell || !picture) continue;
      place(picture, left(column), top, wordsOf(cell));
    }
  }
  return svg;
}
