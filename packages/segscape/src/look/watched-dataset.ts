import type { Dataset } from '@segscape/data';
import { progressLine } from '../progress-line.js';

/** A dataset whose reading is told of on standard error, where that is a terminal. */
export interface Watched {
  readonly dataset: Dataset;
  end(): void;
}

/** Images whose masks are looked at, at the most, spread over the set. */
export const examined = 200;

/** @param reads how many samples will be read in all. */
export function watched(dataset: Dataset, reads: number): Watched {
  const line = progressLine(reads);
  let completed = 0;
  return {
    dataset: {
      ...dataset,
      async get(index) {
        const sample = await dataset.get(index);
        line.show(Math.min(++completed, reads), sample.id);
        return sample;
      },
    },
    end: line.end,
  };
}
