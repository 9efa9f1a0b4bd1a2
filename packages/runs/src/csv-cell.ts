const isNumber = (text: string) => text.trim() === text && text !== '' && Number.isFinite(Number(text));

/** What a spreadsheet takes for a formula, or for the end of a cell; the same behind apostrophes, so that one can be taken off again. */
const needsGuard = (text: string) => /^'*(?:\s*[=+\-@]|[\t\r])/.test(text) && !isNumber(text);

/** A text that was a cell, as it was: without the apostrophe that guarded it. */
export const unguarded = (text: string): string =>
  text.startsWith("'") && needsGuard(text.slice(1)) ? text.slice(1) : text;

/**
 * A text as a cell of a CSV table. A text that a spreadsheet would compute gets an apostrophe before it; numbers stay
 * numbers.
 * @param text of the cell.
 * @returns it, quoted where it must be.
 * @see OWASP, CSV Injection. https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvCell(text: string): string {
  const guarded = needsGuard(text) ? `'${text}` : text;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
