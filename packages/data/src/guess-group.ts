/** Both eyes, or sides, of one person: `01L` and `01R`, `7_OD` and `7_OS`, `case-left` and `case-right`. */
const sides = '^(.+?)[-_. ]?(?:[LR]|O[DS]|[Ll]eft|[Rr]ight|LEFT|RIGHT)$';

/**
 * Sees by names which images are of one person: most names end in a side, and several persons have both.
 *
 *     guessGroup(['01L', '01R', '02L', '02R']); // '^(.+?)…$': 01 and 02
 *
 * @param names of images, without endings.
 * @returns the `group` for `folderDataset` and `splitDataset`, a regular expression whose first group is the person; `undefined`
 *   where names do not say it.
 */
export function guessGroup(names: readonly string[]): string | undefined {
  const persons = names.flatMap((name) => new RegExp(sides).exec(name)?.[1] ?? []);
  const twice = persons.length - new Set(persons).size;
  return 2 * persons.length > names.length && twice >= 2 ? sides : undefined;
}
