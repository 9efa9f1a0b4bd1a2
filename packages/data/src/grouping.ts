import { SegscapeError } from '@segscape/core';

/** Names the group of a file, by a function or by a regular expression's first group. */
export function grouping(
  group: string | ((name: string) => string) | undefined,
): (name: string) => string | undefined {
  if (typeof group === 'function') return group;
  if (group === undefined) return () => undefined;
  let pattern: RegExp;
  try {
    pattern = new RegExp(group);
  } catch (cause) {
    throw new SegscapeError(
      'BAD_OPTION',
      `folderDataset: group (='${group}') must be a regular expression whose first group names the patient (${(cause as Error).message}).`,
      { details: { option: 'group', value: group }, cause },
    );
  }
  return (name) => {
    const match = pattern.exec(name);
    return match?.[1] ?? match?.[0];
  };
}
