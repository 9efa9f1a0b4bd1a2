import { assertOption } from '@segscape/core';

/** Group of each value: its patient, say. */
export type Groups = readonly (string | number)[];

const isGroup = (group: unknown) =>
  typeof group === 'string' || (typeof group === 'number' && !Number.isNaN(group));

/**
 * Checks that every value is told its group. One that is missing must not be taken for its place: that is the name of another
 * patient as well.
 * @param count how many values there are.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
function assertGroups(where: string, groups: Groups | undefined, count: number): void {
  if (groups === undefined) return;
  const isList = Array.isArray(groups) || (ArrayBuffer.isView(groups) && 'length' in groups);
  assertOption(isList, where, 'groups', groups, 'be a list of texts or numbers');
  const mustFit = `have one entry for each of ${count} values`;
  assertOption(groups.length === count, where, 'groups', groups.length, mustFit);
  const at = Array.from(groups).findIndex((group) => !isGroup(group));
  const must = `be the group of image ${at}, a text or a number; give an image without one a name of its own`;
  assertOption(at < 0, where, `groups[${at}]`, groups[at], must);
}

/**
 * Values by group, in the order the groups first came; NaN left out. Without groups each value is one.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function groupValues(where: string, values: readonly number[], groups?: Groups): number[][] {
  assertGroups(where, groups, values.length);
  const byGroup = new Map<string | number, number[]>();
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    const key = groups === undefined ? i : groups[i]!;
    const known = byGroup.get(key);
    if (known === undefined) byGroup.set(key, [value]);
    else known.push(value);
  });
  return [...byGroup.values()];
}
