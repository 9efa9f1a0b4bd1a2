import { assertOption, type Rng, random, type Sample, SegscapeError, shuffled } from '@segscape/core';
import { assertOptions, options as optionsOf } from '@segscape/core/schema';
import { type Dataset, emptyDataset, idsOf, type SplitLists, subset } from './dataset.js';
import { withoutEnding } from './folder-source.js';
import { groupsOf } from './grouping.js';
import { unchecked } from './option-lines.js';
import { readSplit } from './split-lists.js';

export interface SplitOptions {
  /** Numbers below 1 are shares of the whole, integers from 1 on are counts of samples; missing parts get the rest. */
  readonly train?: number;
  readonly validation?: number;
  readonly test?: number;
  /** Makes that many splits, each with another part as `test`. */
  readonly folds?: number;
  /** An integer. Default 0. */
  readonly seed?: number;
  /**
   * Spread over all parts alike: `true`, samples with much and little foreground (all masks are read); or a function
   * that names a sample's stratum.
   */
  readonly stratify?: boolean | ((sample: Sample) => string | number);
  /** What stays together: by default the samples' own `group`; a regular expression or function over the ids. */
  readonly group?: string | ((id: string) => string);
  /** Fixed lists of ids, or the path of a JSON file with them, instead of drawing. */
  readonly lists?: SplitLists | string;
}

const splitSchema = optionsOf<SplitOptions>({
  train: unchecked,
  validation: unchecked,
  test: unchecked,
  folds: unchecked,
  seed: unchecked,
  stratify: unchecked,
  group: unchecked,
  lists: unchecked,
});

export interface Split {
  readonly train: Dataset;
  readonly validation: Dataset;
  readonly test: Dataset;
  /** Ids that are in none of the parts: lists or counts left them out. */
  readonly leftOut: readonly string[];
}

/** Samples that go to one part together. */
interface Unit {
  readonly members: number[];
  stratum: string | number;
}

/** Share of the pixels that are not of class 0, among those that a class claims. */
const foreground =
  (ignoreIndex: number | undefined) =>
  ({ mask: { data } }: Sample): number => {
    let [count, claimed] = [0, 0];
    for (let i = 0; i < data.length; i++) {
      if (data[i] === ignoreIndex) continue;
      claimed++;
      if (data[i] !== 0) count++;
    }
    return count / Math.max(1, claimed);
  };

async function unitsOf(dataset: Dataset, { stratify, group }: SplitOptions, rng: Rng): Promise<Unit[]> {
  const ids = await idsOf(dataset);
  const named = groupsOf('splitDataset', group, ids);
  const label = typeof stratify === 'function' ? stratify : foreground(dataset.ignoreIndex);
  const units = new Map<string, Unit>();
  for (const index of ids.keys()) {
    const sample =
      stratify || (group === undefined && dataset.groups === undefined)
        ? await dataset.get(index)
        : undefined;
    const own = group === undefined ? (dataset.groups?.[index] ?? sample?.group) : named[index];
    const key = own === undefined ? `sample ${index}` : `group ${own}`;
    const stratum = stratify ? label(sample!) : 0;
    const unit = units.get(key);
    if (unit === undefined) units.set(key, { members: [index], stratum });
    else unit.members.push(index);
  }
  const order = shuffled(units.values(), rng);
  if (!stratify) return order;
  return order.sort((a, b) => (a.stratum < b.stratum ? -1 : a.stratum > b.stratum ? 1 : 0));
}

/** Deals units to parts so that every part is, at every moment, as near to its share as it can be. */
function dealt(units: readonly Unit[], targets: readonly number[]): number[][] {
  const total = targets.reduce((a, b) => a + b, 0);
  const parts: number[][] = targets.map(() => []);
  let seen = 0;
  for (const { members } of units) {
    seen += members.length;
    let best = 0;
    let need = Number.NEGATIVE_INFINITY;
    for (const [part, target] of targets.entries()) {
      const lack = target === 0 ? Number.NEGATIVE_INFINITY : (target / total) * seen - parts[part]!.length;
      if (lack > need + 1e-9) [best, need] = [part, lack];
    }
    parts[best]!.push(...members);
  }
  return parts.map((part) => part.sort((a, b) => a - b));
}

function counts(length: number, { train, validation, test }: SplitOptions): [number, number, number] {
  const where = 'splitDataset';
  const count = (name: string, value: number | undefined) => {
    if (value === undefined) return undefined;
    assertOption(
      value >= 0 && (value < 1 || Number.isInteger(value)),
      where,
      name,
      value,
      'be a share below 1 or a whole number of samples',
    );
    return value < 1 ? Math.round(value * length) : value;
  };
  const held = [count('validation', validation), count('test', test)] as const;
  const wanted = count('train', train);
  const known = (held[0] ?? 0) + (held[1] ?? 0);
  // Shares that sum to one must not lose a sample to rounding: train, the largest part, takes the rest.
  const shares = [train, validation, test].filter((value) => value !== undefined);
  const sum = shares.filter((value) => value < 1).reduce((a, b) => a + b, 0);
  // Of few samples each share could be rounded down to what there is, and leave none to train on.
  if (sum > 1 + 1e-9)
    throw new SegscapeError(
      'BAD_OPTION',
      `splitDataset: train, validation and test are shares of ${shares.join(' and ')}, more than the whole in all.`,
    );
  const whole = shares.every((value) => value < 1) && Math.abs(sum - 1) < 1e-9;
  const first = wanted === undefined || whole ? length - known : wanted;
  const rest = length - first - known;
  if (first < 0 || rest < 0)
    throw new SegscapeError(
      'BAD_OPTION',
      `splitDataset: train, validation and test ask for ${(wanted ?? 0) + known} samples, there are ${length}.`,
    );
  if (held[1] === undefined && wanted !== undefined) return [first, held[0] ?? 0, rest];
  return [first, held[0] ?? 0, held[1] ?? 0];
}

const splitOf = (
  dataset: Dataset,
  ids: readonly string[],
  [train = [], validation = [], test = []]: readonly number[][],
): Split => {
  const used = new Set([...train, ...validation, ...test]);
  return {
    train: subset(dataset, train),
    validation: subset(dataset, validation),
    test: subset(dataset, test),
    leftOut: ids.filter((_, index) => !used.has(index)),
  };
};

async function byLists(dataset: Dataset, lists: SplitLists): Promise<Split> {
  const all = await idsOf(dataset);
  const places = new Map(all.map((id, index) => [id, index]));
  const used = new Map<number, string>();
  const indices = (part: string, ids: readonly string[] = []) =>
    ids.map((id) => {
      // Lists may name files: with their endings, and composed or not.
      const plain = id.normalize();
      const index = places.get(id) ?? places.get(plain) ?? places.get(withoutEnding(plain));
      if (index === undefined)
        throw new SegscapeError(
          'PAIR_MISSING',
          `splitDataset: the list ${part} names '${id}', which is not in the dataset.`,
          { details: { id, part } },
        );
      const other = used.get(index);
      if (other !== undefined)
        throw new SegscapeError('BAD_OPTION', `splitDataset: '${id}' is in the lists ${other} and ${part}.`);
      used.set(index, part);
      return index;
    });
  return splitOf(dataset, all, [
    indices('train', lists.train),
    indices('validation', lists.validation),
    indices('test', lists.test),
  ]);
}

/**
 * Divides a dataset; the same seed gives the same parts everywhere. Groups (patients) are never divided, so with
 * them the sizes are as near as they can be. Fixed `lists`, or else those that came with the dataset when no
 * sizes are given, are followed to the letter.
 *
 *     const { train, test } = await splitDataset(dataset, { test: 0.2, seed: 1, stratify: true });
 *
 * @param dataset what is divided; it is not copied.
 * @param options shares in (0, 1) or counts of the parts, or `folds`; seed, stratification, groups or lists of ids.
 * @returns the parts as datasets (of `folds` a list, one split each), and `leftOut`, the ids in no part.
 * @throws {SegscapeError} `BAD_OPTION`, `EMPTY_DATASET`, `PAIR_MISSING` for an unknown id in a list.
 */
export function splitDataset(dataset: Dataset, options: SplitOptions & { folds: number }): Promise<Split[]>;
export function splitDataset(dataset: Dataset, options?: SplitOptions): Promise<Split>;
export async function splitDataset(dataset: Dataset, options: SplitOptions = {}): Promise<Split | Split[]> {
  assertOptions('splitDataset', options, splitSchema);
  if (dataset.length === 0) throw emptyDataset('splitDataset', 'the dataset has no samples');
  const { train, validation, test, folds, seed = 0 } = options;
  const sized = train !== undefined || validation !== undefined || test !== undefined || folds !== undefined;
  const lists = options.lists ?? (sized ? undefined : dataset.split);
  if (lists !== undefined) return byLists(dataset, await readSplit(lists));
  const ids = await idsOf(dataset);
  const units = await unitsOf(dataset, options, random(seed).fork('split'));
  if (folds === undefined) {
    assertOption(sized, 'splitDataset', 'train', train, 'be given, or test, validation, folds or lists');
    const sizes = counts(dataset.length, options);
    // What is asked for of none of the parts is dealt to nobody's.
    const rest = dataset.length - sizes.reduce((sum, size) => sum + size, 0);
    return splitOf(dataset, ids, dealt(units, [...sizes, rest]));
  }
  assertOption(
    Number.isInteger(folds) && folds >= 2 && folds <= units.length,
    'splitDataset',
    'folds',
    folds,
    `be an integer from 2 to the number of independent samples (${units.length})`,
  );
  const parts = dealt(units, Array<number>(folds).fill(dataset.length / folds));
  return parts.map((held) => {
    const out = new Set(held);
    const others = units.filter(({ members }) => !out.has(members[0]!));
    const size = dataset.length - held.length;
    const kept = validation === undefined ? 0 : counts(size, { validation })[1];
    const [rest, aside] = dealt(others, [size - kept, kept]);
    return splitOf(dataset, ids, [rest!, aside!, held]);
  });
}
