import { SegscapeError } from '@segscape/core';

type Group = string | ((name: string) => string) | undefined;

/**
 * The groups of names, by a function or by a regular expression's first group.
 * @throws {SegscapeError} `BAD_OPTION` for what is no expression, or matches none of the names: every image would be a patient.
 */
export function groupsOf(where: string, group: Group, names: readonly string[]): (string | undefined)[] {
  const nameGroup = grouping(where, group);
  const found = names.map((name) => nameGroup(name));
  if (typeof group === 'string' && found.length > 0 && found.every((own) => own === undefined))
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: group (='${group}') must match the names that it groups, and matches none, '${names[0]}' for instance.`,
      { details: { option: 'group', value: group } },
    );
  return found;
}

function grouping(where: string, group: Group): (name: string) => string | undefined {
  if (typeof group === 'function') return group;
  if (group === undefined) return () => undefined;
  let pattern: RegExp;
  try {
    pattern = new RegExp(group);
  } catch (cause) {
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: group (='${group}') must be a regular expression whose first group names the patient (${(cause as Error).message}).`,
      { details: { option: 'group', value: group }, cause },
    );
  }
  return (name) => {
    const match = pattern.exec(name);
    return match?.[1] ?? match?.[0];
  };
}
