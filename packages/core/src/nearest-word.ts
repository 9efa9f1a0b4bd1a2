/** Number of single-letter changes, insertions and removals between two words (Levenshtein, 1966). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + Number(a[i - 1] !== b[j - 1])));
    row = next;
  }
  return row[b.length]!;
}

/**
 * The known word that was most likely meant, for "did you mean" in errors; upper and lower case are alike.
 *
 *     nearestWord('gama', ['alpha', 'gamma']); // 'gamma'
 *
 * @param word what was written.
 * @param known what could have been meant.
 * @returns undefined when none is near: more than two letters and more than half of the word differ.
 */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const far = distance(word.toLowerCase(), candidate.toLowerCase());
    if (far < least) [best, least] = [candidate, far];
  }
  return least <= Math.max(2, word.length / 2) ? best : undefined;
}
