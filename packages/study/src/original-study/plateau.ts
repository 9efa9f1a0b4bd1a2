import type { HistoryRow } from '@segscape/runs';
import { type Evidence, type Verdict, verdictOf } from './finding.js';

/** Epochs over which a measure is averaged. */
const span = 3;

/**
 * When a training leaves its plateau: the first epoch at which the mean of a measure over three epochs (that one and the two
 * before) reaches half of its final value, itself the mean of the last three.
 * @param values the measure by epoch, from epoch 1 on.
 * @returns that epoch; `undefined` for fewer than three epochs, or where the final value is 0: it never left.
 */
export function leavingEpoch(values: readonly number[]): number | undefined {
  const means = values
    .slice(span - 1)
    .map((_, i) => values.slice(i, i + span).reduce((sum, value) => sum + value, 0) / span);
  const final = means.at(-1);
  if (final === undefined || !(final > 0)) return undefined;
  const at = means.findIndex((mean) => mean >= final / 2);
  return at < 0 ? undefined : at + span;
}

/** A training by its seed, and in cross-validation by its fold. */
const trainingOf = ({ seed, fold }: HistoryRow) => (fold === 0 ? `${seed}` : `${seed} in fold ${fold}`);

/** Leaving epochs of a loss by training. */
function leavingEpochs(
  history: readonly HistoryRow[],
  loss: string,
  measure: string,
): ReadonlyMap<string, number | undefined> {
  const rows = history
    .filter((row) => row.loss === loss && row.split === 'test' && row.measure === measure && row.epoch > 0)
    .sort((a, b) => a.epoch - b.epoch);
  const trainings = [...new Set(rows.map(trainingOf))];
  return new Map(
    trainings.map((training) => [
      training,
      leavingEpoch(rows.filter((row) => trainingOf(row) === training).map(({ value }) => value)),
    ]),
  );
}

/**
 * Whether losses left their plateaus in the given order, each not later than the next: a pair is borne out when it did so with
 * every seed (and fold), not when it did with none, and undecided when seeds disagree or one never left.
 */
export function orderOfLeaving(
  history: readonly HistoryRow[],
  losses: readonly string[],
  measure: string,
): Evidence[] {
  const epochs = losses.map((loss) => leavingEpochs(history, loss, measure));
  return losses.slice(1).map((second, i) => {
    const [before, after] = [epochs[i]!, epochs[i + 1]!];
    const seeds = [...before.keys()].filter((seed) => after.has(seed));
    const pairs = seeds.map((seed) => [before.get(seed), after.get(seed)] as const);
    const parts = pairs.map(([a, b]) => ({ verdict: ofPair(a, b) }));
    const none = parts.length > 0 && parts.every(({ verdict }) => verdict === 'not');
    const verdict: Verdict = none ? 'not' : agreed(parts);
    const shown = pairs.map(([a, b]) => `${a ?? 'never'} and ${b ?? 'never'}`).join('; ');
    return {
      first: losses[i]!,
      second,
      verdict,
      text: `epochs ${shown || 'unknown: they have no seed in common'}${seeds.length > 1 ? ` (seeds ${seeds.join(', ')})` : ''}`,
    };
  });
}

const ofPair = (a: number | undefined, b: number | undefined): Verdict =>
  a === undefined || b === undefined ? 'undecided' : a <= b ? 'borne out' : 'not';

/** Seeds that disagree decide nothing. */
const agreed = (parts: readonly { readonly verdict: Verdict }[]): Verdict =>
  parts.some(({ verdict }) => verdict === 'not') ? 'undecided' : verdictOf(parts);
