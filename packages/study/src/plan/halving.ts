/**
 * The epochs after which candidates are compared, by successive halving: half of them train on, twice as long, until one is
 * left. The longest trains for a quarter of a training unless `longest` says otherwise; never longer than a training.
 * @see Jamieson and Talwalkar, 2016, https://arxiv.org/abs/1502.07943
 */
export function rungsOf(candidates: number, epochs: number, longest = Math.ceil(epochs / 4)): number[] {
  const halvings = Math.max(1, Math.ceil(Math.log2(candidates)));
  const last = Math.min(epochs, Math.max(halvings, longest));
  const rungs = Array.from({ length: halvings }, (_, rung) =>
    Math.min(last, Math.max(rung + 1, Math.round(last / 2 ** (halvings - 1 - rung)))),
  );
  return rungs.filter((rung, i) => rungs.indexOf(rung) === i);
}

/** How many candidates train up to a rung, counted from 0. */
export const candidatesAt = (candidates: number, rung: number): number => Math.ceil(candidates / 2 ** rung);

/** Epochs that all candidates of one loss train together: the same for every loss. */
export const epochsOfSearch = (candidates: number, rungs: readonly number[]): number =>
  rungs.reduce(
    (sum, rung, i) => sum + candidatesAt(candidates, i) * (rung - (i === 0 ? 0 : rungs[i - 1]!)),
    0,
  );

/** What a candidate has come to at a rung. */
export interface Standing {
  /** The measure that chooses; NaN for one that diverged. */
  readonly value: number;
  /** Decides between equals: early on many overlaps are still 0. */
  readonly loss: number;
}

/**
 * The candidates that stay, best first: half of them, or the one that is chosen after the last rung. Of those that diverged
 * the smaller rate stays.
 * @param standings of the candidates that are in, by their index, in the order of their rates.
 */
export function survivors(
  standings: ReadonlyMap<number, Standing>,
  best: 'least' | 'most',
  count: number,
): number[] {
  const sign = best === 'least' ? 1 : -1;
  const order = ([i, a]: [number, Standing], [j, b]: [number, Standing]) => {
    if (Number.isNaN(a.value) || Number.isNaN(b.value))
      return Number(Number.isNaN(a.value)) - Number(Number.isNaN(b.value)) || i - j;
    return sign * (a.value - b.value) || a.loss - b.loss || i - j;
  };
  return [...standings]
    .sort(order)
    .slice(0, count)
    .map(([index]) => index);
}
