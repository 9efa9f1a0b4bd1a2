import type { Run } from '@segscape/runs';

type Work<Event, Result> = () => AsyncGenerator<Event, Result>;

/**
 * Does several pieces of work at the same time, at most so many, and passes their events on as they come.
 * @returns what each gave, in the order of the work. An error of one ends the others.
 */
export async function* atOnce<Event, Result>(
  work: readonly Work<Event, Result>[],
  count: number,
): AsyncGenerator<Event, Result[]> {
  type Step = { readonly index: number; readonly step: IteratorResult<Event, Result> };
  const results = new Array<Result>(work.length);
  const running = new Map<number, AsyncGenerator<Event, Result>>();
  const pending = new Map<number, Promise<Step>>();
  const advance = (index: number) => {
    const step = running
      .get(index)!
      .next()
      .then((given) => ({ index, step: given }));
    step.catch(() => undefined); // told of when its turn comes
    pending.set(index, step);
  };
  let next = 0;
  try {
    for (;;) {
      for (; next < work.length && running.size < count; next++) {
        running.set(next, work[next]!());
        advance(next);
      }
      if (pending.size === 0) return results;
      const { index, step } = await Promise.race(pending.values());
      pending.delete(index);
      if (step.done) {
        results[index] = step.value;
        running.delete(index);
        continue;
      }
      yield step.value;
      advance(index);
    }
  } finally {
    // Each ends where it stands, and releases what it holds.
    await Promise.allSettled(pending.values());
    await Promise.allSettled([...running.values()].map((generator) => generator.return(undefined as Result)));
  }
}

/** A run whose history several trainings write: one change after another. */
export function inTurn(run: Run): Run {
  let last: Promise<unknown> = Promise.resolve();
  const turn = <T>(action: () => Promise<T>): Promise<T> => {
    const own = last.then(action, action);
    last = own.catch(() => undefined);
    return own;
  };
  return {
    ...run,
    recordEpoch: (record) => turn(() => run.recordEpoch(record)),
    recordStep: (record) => turn(() => run.recordStep(record)),
    recordHistograms: (record) => turn(() => run.recordHistograms(record)),
    rewind: (key) => turn(() => run.rewind(key)),
  };
}
