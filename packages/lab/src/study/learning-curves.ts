/** One point of a training's curves. */
export interface EpochPoint {
  readonly loss: string;
  readonly seed: number;
  readonly epoch: number;
  readonly split: string;
  readonly measure: string;
  readonly value: number;
}

interface Mean {
  sum: number;
  count: number;
}

/** The newest value of a measure. */
interface Newest {
  readonly epoch: number;
  readonly value: number;
}

/**
 * The curves of a study as they grow. A point is sorted in once, when it comes: what is drawn then costs as much as its own
 * lines are long, and not as all that was ever recorded, which would hold up the page in long trainings.
 */
export class LearningCurves {
  /** By measure (`'validation iou.disc'`), loss and epoch. */
  readonly #sums = new Map<string, Map<string, Map<number, Mean>>>();
  readonly #newest = new Map<string, Map<string, Newest>>();
  readonly #losses = new Set<string>();

  constructor(points: Iterable<EpochPoint> = []) {
    this.add(points);
  }

  add(points: Iterable<EpochPoint>): void {
    for (const { loss, epoch, split, measure, value } of points) {
      this.#losses.add(loss);
      const lines = entryOf(this.#sums, `${split} ${measure}`, () => new Map<string, Map<number, Mean>>());
      // A measure that has no value yet can be chosen all the same.
      const line = entryOf(lines, loss, () => new Map<number, Mean>());
      if (Number.isFinite(value)) {
        const mean = entryOf(line, epoch, () => ({ sum: 0, count: 0 }));
        mean.sum += value;
        mean.count++;
      }
      if (split === 'train') continue;
      const row = entryOf(this.#newest, loss, () => new Map<string, Newest>());
      const name = `${measure} (${split})`;
      if ((row.get(name)?.epoch ?? -1) <= epoch) row.set(name, { epoch, value });
    }
  }

  /** In the order in which they came. */
  losses(): string[] {
    return [...this.#losses];
  }

  /** Split and measure in one, in the order in which they came. */
  measures(): string[] {
    return [...this.#sums.keys()];
  }

  /**
   * Means over the seeds by epoch, of every loss.
   * @param measure one of `measures`.
   */
  lines(measure: string): { readonly loss: string; readonly values: ReadonlyMap<number, number> }[] {
    const own = this.#sums.get(measure);
    return this.losses().map((loss) => ({
      loss,
      values: new Map([...(own?.get(loss) ?? [])].map(([epoch, { sum, count }]) => [epoch, sum / count])),
    }));
  }

  /** The newest value of each measure but those of the training images, by loss. */
  newest(): { readonly loss: string; readonly values: Readonly<Record<string, number>> }[] {
    return this.losses().map((loss) => ({
      loss,
      values: Object.fromEntries(
        [...(this.#newest.get(loss) ?? [])].map(([name, { value }]) => [name, value]),
      ),
    }));
  }
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const value = make();
  map.set(key, value);
  return value;
}
