import { SegscapeError, type Storage } from '@segscape/core';
import { idsOf } from '@segscape/data';
import { fewOf } from './few-of.js';
import { soundJson } from './plan/recorded-json.js';
import type { Setup } from './setup.js';

/** Which images a run has: what each network learnt from, was chosen by and is scored on. Plain JSON. */
interface ImagesRecord {
  /** Ids by part; of each fold. */
  readonly parts: readonly {
    readonly train: readonly string[];
    readonly validation: readonly string[];
    readonly test: readonly string[];
  }[];
  /** SHA-256 of each image with its mask, by id; empty where the platform has no hashes. */
  readonly hashes: Readonly<Record<string, string>>;
}

const path = 'images.json';

async function recordOf({ folds, hashes }: Pick<Setup, 'folds' | 'hashes'>): Promise<ImagesRecord> {
  const parts = folds.map(async ({ train, validation, test }) => ({
    train: await idsOf(train),
    validation: await idsOf(validation),
    test: await idsOf(test),
  }));
  return { parts: await Promise.all(parts), hashes: Object.fromEntries(hashes) };
}

const refusal = (where: string, what: string) =>
  new SegscapeError(
    'BAD_CONFIG',
    `${where}: the images are not those that the run was trained on: ${what}. Its networks would be scored on what they have learnt from, or trained on what scores them. Restore the images and masks, or begin a new run with these.`,
    { details: { option: 'data' } },
  );

/** Where each image is in each fold, as one text. */
function placesOf({ parts }: ImagesRecord): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const [fold, of] of parts.entries())
    for (const [part, ids] of Object.entries(of))
      for (const id of ids) places.set(id, `${places.get(id) ?? ''} ${fold} ${part}`);
  return places;
}

/** What is new, gone, changed or moved, in words; undefined where nothing is. */
function differences(before: ImagesRecord, now: ImagesRecord): string | undefined {
  const [had, has] = [placesOf(before), placesOf(now)];
  const kept = [...has.keys()].filter((id) => had.has(id));
  const isOther = (id: string) => {
    const [then, today] = [before.hashes[id], now.hashes[id]];
    return then !== undefined && today !== undefined && then !== today;
  };
  const found = [
    ['new are', [...has.keys()].filter((id) => !had.has(id))],
    ['gone are', [...had.keys()].filter((id) => !has.has(id))],
    ['other pixels or another mask have', kept.filter(isOther)],
    ['in other parts of the split are', kept.filter((id) => had.get(id) !== has.get(id))],
  ] as const;
  // Where images come or go, the split moves others: that alone says nothing more.
  const told = found.filter(
    ([, ids], i) => ids.length > 0 && (i < 3 || (kept.length === had.size && kept.length === has.size)),
  );
  return told.length === 0 ? undefined : told.map(([what, ids]) => `${what} ${fewOf(ids, 5)}`).join('; ');
}

/**
 * Lets nobody go on with a run on other images, or on another division of them, than it began with.
 * @param where whose work it is, for the error.
 * @throws {SegscapeError} `BAD_CONFIG`, naming what is new, gone or changed.
 */
export async function assertSameImages(
  where: string,
  storage: Storage,
  setup: Pick<Setup, 'folds' | 'hashes' | 'summary'>,
): Promise<void> {
  const before = await soundJson<ImagesRecord>(storage, path);
  if (before !== undefined) {
    const what = differences(before, await recordOf(setup));
    if (what !== undefined) throw refusal(where, what);
    return;
  }
  // Older runs know no more than whether all of it is the same.
  const report = await soundJson<{ readonly material?: { readonly contentHash?: string } }>(
    storage,
    'report.json',
  );
  const known = report?.material?.contentHash;
  const { contentHash } = setup.summary;
  if (known !== undefined && contentHash !== undefined && known !== contentHash)
    throw refusal(where, `SHA-256 of all was ${known.slice(0, 12)}…, is ${contentHash.slice(0, 12)}…`);
}

/** Written before training begins. */
export async function writeImagesRecord(
  storage: Storage,
  setup: Pick<Setup, 'folds' | 'hashes'>,
): Promise<void> {
  await storage.write(path, JSON.stringify(await recordOf(setup), null, 1));
}
