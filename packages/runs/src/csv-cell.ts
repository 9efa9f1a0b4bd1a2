const isNumber = (text: string) => text.trim() === text && text !== '' && Number.isFinite(Number(text));

/** What a spreadsheet takes for a formula, or for the end of a cell. */
const startsFormula = /^(?:\s*[=+\-@]|[\t\r])/;

/**
 * A text as a cell of a CSV table. A text that a spreadsheet would compute gets an apostrophe before it; numbers stay
 * numbers.
 * @param text of the cell.
 * @returns it, quoted where it must be.
 * @see OWASP, CSV Injection. https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvCell(text: string): string {
  const guarded = startsFormula.test(text) && !isNumber(text) ? `'${text}` : text;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
