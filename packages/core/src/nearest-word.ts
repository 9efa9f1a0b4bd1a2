/** Number of letters changed, put in, left out, or swapped with the next, between two words (Damerau, 1964). */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const [row, next] = [rows[i - 1]!, [i]];
    for (let j = 1; j <= b.length; j++) {
      const swapped = j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(
        Math.min(
          row[j]! + 1,
          next[j - 1]! + 1,
          row[j - 1]! + Number(a[i - 1] !== b[j - 1]),
          swapped ? rows[i - 2]![j - 2]! + 1 : a.length,
        ),
      );
    }
    rows.push(next);
  }
  return rows[a.length]![b.length]!;
}

/**
 * The known word that was most likely meant, for "did you mean" in errors; upper and lower case are alike.
 *
 *     nearestWord('gama', ['alpha', 'gamma']); // 'gamma'
 *
 * @param word what was written.
 * @param known what could have been meant.
 * @returns undefined when none is near: half of the word or more differs, and more than one letter.
 */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const far = distance(word.toLowerCase(), candidate.toLowerCase());
    if (far < least) [best, least] = [candidate, far];
  }
  return least <= Math.max(1, (word.length - 1) / 2) ? best : undefined;
}
