import type { SplitLists } from './dataset.js';

/**
 * Lists of ids from an object or a JSON file `{ "train": [...], "validation": [...], "test": [...] }`; `val` and `valid` are
 * understood too. Other entries are passed over, but not a list that is almost called like a part.
 *
 * @param split the lists, or the path (browser: address) of the file.
 * @returns the lists, `validation` and `test` where they are given.
 * @throws {SegscapeError} `CORRUPT_FILE`.
 */
export async function readSplit(split: SplitLists | string): Promise<SplitLists> {
  // A page whose parts are drawn has no lists.
  const { listsOf } = await import('./split-file.js');
  return listsOf(split);
}
