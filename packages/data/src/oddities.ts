import type { Raster } from '@segscape/core';
import type { Dataset } from './dataset.js';
import { crc32 } from './decode/crc32.js';
import { xxh64 } from './decode/xxh64.js';
import { withoutEnding } from './folder-source.js';
import { splitDataset } from './split-dataset.js';

/** What is odd about a data set as a whole: samples that belong together, or to no part of its split. */
export interface Oddities {
  /** Ids that differ by their ending alone: `a.png` and `a.jpg` may be one picture saved twice. */
  readonly twins: readonly (readonly string[])[];
  /** Ids of images of the same content. */
  readonly duplicates: readonly (readonly string[])[];
  /** Those of them that lie in different parts of the data set's own split, where it has one. */
  readonly acrossParts: readonly (readonly string[])[];
  /** Groups (patients) whose samples lie in different parts of it. */
  readonly groupsAcrossParts: readonly string[];
  /** Ids in no part of that split. */
  readonly leftOut: readonly string[];
}

/** Groups of several that have one key, in the order of their first. */
function alike<T>(all: readonly T[], keyOf: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [one]);
    else known.push(one);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

/** What only images of the same values, type and size have in common, but for one chance in 2⁶⁴. */
export function contentKey({ data, depth = 1, height, width, channels }: Raster): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const form = [data.constructor.name, depth, height, width, channels];
  return [...form, xxh64(bytes), crc32(bytes, 0, bytes.length)].join(' ');
}

/**
 * Looks for samples that are odd beside each other.
 * @param ids of all samples.
 * @param keys of their images' content, as `contentKey` gives.
 * @param groups of the samples, where they have one.
 */
export async function odditiesOf(
  dataset: Dataset,
  ids: readonly string[],
  keys: readonly string[],
  groups: readonly (string | undefined)[],
): Promise<Oddities> {
  const places = [...ids.keys()];
  const named = (groups: readonly (readonly number[])[]) =>
    groups.map((group) => group.map((at) => ids[at]!));
  const same = alike(places, (at) => keys[at]!);
  const twins = named(alike(places, (at) => withoutEnding(ids[at]!)));
  const duplicates = named(same);
  if (dataset.split === undefined)
    return { twins, duplicates, acrossParts: [], groupsAcrossParts: [], leftOut: [] };
  const { train, validation, test, leftOut } = await splitDataset(
    { ...dataset, ids },
    { lists: dataset.split },
  );
  const partOf = new Map(
    [train, validation, test].flatMap((part, number) => part.ids!.map((id) => [id, number] as const)),
  );
  const apart = (members: readonly number[]) =>
    new Set(members.flatMap((at) => partOf.get(ids[at]!) ?? [])).size > 1;
  const grouped = places.filter((at) => groups[at] !== undefined);
  const groupsAcrossParts = alike(grouped, (at) => groups[at]!)
    .filter(apart)
    .map(([first]) => groups[first!]!);
  return { twins, duplicates, acrossParts: named(same.filter(apart)), groupsAcrossParts, leftOut };
}
