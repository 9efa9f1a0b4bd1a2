import { SegscapeError } from '@segscape/core';

/** An image with its mask, as a table names them: paths relative to the table. */
export interface PairRow {
  readonly image: string;
  readonly mask: string;
  readonly id?: string;
  readonly group?: string;
}

/** Rows of comma- or semicolon-separated values; quotes may hold separators, and two of them one. */
function rowsOf(text: string): string[][] {
  const separator = /^[^\n,;\t]*([,;\t])/.exec(text)?.[1] ?? ',';
  const rows: string[][] = [];
  const row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!;
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (letter === '"' && cell === '') quoted = true;
    else if (letter === separator || letter === '\n') {
      row.push(cell.replace(/\r$/, ''));
      cell = '';
      if (letter === '\n') rows.push(row.splice(0));
    } else cell += letter;
  }
  if (cell !== '' || row.length > 0) rows.push([...row, cell]);
  return rows.filter((cells) => cells.some((value) => value.trim() !== ''));
}

export const wrongTable = (name: string, why: string) =>
  new SegscapeError(
    'CORRUPT_FILE',
    `folderDataset: '${name}' ${why}; expected columns image, mask [, id, group].`,
    { details: { path: name } },
  );

/**
 * The pairs that a CSV table names, as layout `'csv'` of `folderDataset` reads it: the columns image, mask and, at will, id and
 * group, in any order and among others; separated by commas, semicolons or tabs.
 * @param text of the table.
 * @param name of the file, for errors.
 * @returns a row for each pair.
 * @throws {SegscapeError} `CORRUPT_FILE` naming what it lacks.
 */
export function pairTable(text: string, name: string): PairRow[] {
  const [head, ...rows] = rowsOf(text.replace(/^\ufeff/, ''));
  const columns = head?.map((column) => column.trim().toLowerCase()) ?? [];
  const cellsOf = (cells: readonly string[], column: string) => cells[columns.indexOf(column)]?.trim();
  if (!columns.includes('image') || !columns.includes('mask'))
    throw wrongTable(name, `has the columns ${columns.join(', ')}`);
  return rows.map((cells, index) => {
    const [image, mask] = [cellsOf(cells, 'image'), cellsOf(cells, 'mask')];
    if (!image || !mask) throw wrongTable(name, `has no image or no mask in row ${index + 2}`);
    const [id, group] = [cellsOf(cells, 'id'), cellsOf(cells, 'group')];
    return { image, mask, ...(id && { id }), ...(group && { group }) };
  });
}
