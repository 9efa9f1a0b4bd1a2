import type { ReportFacts } from '../facts.js';

/** Names that say nothing of a person, by those that may. */
export interface Pseudonyms {
  readonly images: ReadonlyMap<string, string>;
  readonly patients: ReadonlyMap<string, string>;
}

/** `image-001`, … in the order of the names: the same for the same images, whatever was drawn or scored first. */
function numbered(kind: string, names: Iterable<string>): Map<string, string> {
  const sorted = [...new Set(names)].sort((a, b) => (a < b ? -1 : 1));
  const digits = Math.max(3, String(sorted.length).length);
  return new Map(sorted.map((name, i) => [name, `${kind}-${String(i + 1).padStart(digits, '0')}`]));
}

/**
 * New names for the images and patients of a study.
 * @param facts whose scores, pictures and groups name them.
 */
export function pseudonymsOf({ scores, pictures, groups = {} }: ReportFacts): Pseudonyms {
  const scored = scores.flatMap(({ images }) => images.map(({ id }) => id));
  const shown = pictures.flatMap(({ sample }) => sample ?? []);
  return {
    images: numbered('image', [...scored, ...shown, ...Object.keys(groups)]),
    patients: numbered('patient', Object.values(groups)),
  };
}

/**
 * The same facts under the new names; files of pictures are named anew as well, since their names hold those of the images.
 * @param facts of a run.
 * @param names from `pseudonymsOf` of the same facts.
 * @returns the facts, and the new name of each picture's file.
 */
export function pseudonymous(
  facts: ReportFacts,
  { images, patients }: Pseudonyms,
): { readonly facts: ReportFacts; readonly files: ReadonlyMap<string, string> } {
  const files = new Map<string, string>();
  const file = (name: string) => {
    const known = files.get(name) ?? `picture-${String(files.size + 1).padStart(3, '0')}`;
    files.set(name, known);
    return known;
  };
  const pictures = facts.pictures.map(({ name, sample, values, ...about }) => ({
    ...about,
    name: file(name),
    ...(sample !== undefined && { sample: images.get(sample) ?? sample }),
    ...(values && { values: { ...values, name: file(values.name) } }),
  }));
  const scores = facts.scores.map((entry) => ({
    ...entry,
    images: entry.images.map(({ id, ...measures }) => ({ ...measures, id: images.get(id) ?? id })),
  }));
  const groups =
    facts.groups &&
    Object.fromEntries(
      Object.entries(facts.groups).map(([id, patient]) => [
        images.get(id) ?? id,
        patients.get(patient) ?? patient,
      ]),
    );
  return { facts: { ...facts, pictures, scores, ...(groups && { groups }) }, files };
}
