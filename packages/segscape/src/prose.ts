/** Narrower than this, words stand alone. */
const narrowest = 24;

/** What a line goes on beneath: its own indent, and the mark or the label that begins it. */
const indentOf = (line: string): number => {
  const [, space = '', mark = ''] = /^( *)([!·] )?/.exec(line) ?? [];
  return space.length + (mark.length || (space.length > 0 ? 2 : 0));
};

function folded(line: string, width: number): string {
  if (line.length <= width) return line;
  const indent = indentOf(line);
  const lines: string[] = [];
  let current = /^ */.exec(line)![0];
  let begun = false;
  for (const word of line.trim().split(' ')) {
    if (begun && current.length + 1 + word.length > width) {
      lines.push(current);
      current = `${' '.repeat(indent)}${word}`;
    } else current += begun ? ` ${word}` : word;
    begun = true;
  }
  return [...lines, current].join('\n');
}

/**
 * Paragraphs for a terminal: lines are broken between words, and go on beneath their text. In a file or a pipe, which has no
 * edge, they stay as they are.
 */
export const prose = (text: string, width: number | undefined = process.stdout.columns): string =>
  width === undefined
    ? text
    : text
        .split('\n')
        .map((line) => folded(line, Math.max(narrowest, width)))
        .join('\n');
