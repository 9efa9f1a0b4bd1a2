import { guessGroup } from '@segscape/data';
import { fewOf } from './few-of.js';
import type { Setup } from './setup.js';

const some = (names: readonly string[]) => fewOf(names, 5);

/** Patients with images in more than one part. */
function apart({
  train,
  validation,
  test,
  groups,
}: Pick<Setup, 'train' | 'validation' | 'test' | 'groups'>): string[] {
  const partsOf = new Map<string, Set<number>>();
  for (const [part, { ids = [] }] of [train, validation, test].entries())
    for (const id of ids) {
      const group = groups.get(id);
      if (group !== undefined) partsOf.set(group, (partsOf.get(group) ?? new Set()).add(part));
    }
  return [...partsOf].flatMap(([group, parts]) => (parts.size > 1 ? [group] : []));
}

/** What a user should know of the division of the images: those that it does not use, and patients that it divides. */
export function* splitNotices(
  setup: Pick<Setup, 'train' | 'validation' | 'test' | 'groups' | 'leftOut'>,
): Generator<string> {
  const { leftOut } = setup;
  if (leftOut.length > 0)
    yield `${leftOut.length === 1 ? 'An image is' : `${leftOut.length} images are`} in no part of the split and not used: ${some(leftOut)}`;
  const names = [setup.train, setup.validation, setup.test].flatMap(({ ids = [] }) => ids);
  const group = setup.groups.size === 0 ? guessGroup(names) : undefined;
  if (group !== undefined)
    yield `By their names (${some(names)}) several images are the two eyes, or sides, of one person, and count as two. Give data.group: '${group}', so that they stay in one part and count once.`;
  const divided = apart(setup);
  if (divided.length > 0)
    yield `Images of ${divided.length === 1 ? 'a patient' : `${divided.length} patients`} are in different parts of the split (${some(divided)}): what chooses or tests was half seen in training. Keep each patient in one part.`;
}
