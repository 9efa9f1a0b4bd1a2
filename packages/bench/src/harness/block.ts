import type { Side } from './side.js';

/** A block lasts for so many runs, or so long where they are slow. */
const runs = 10;
const longestMs = 3000;
/** A single run that takes so long is a block. */
const patienceMs = 20_000;
/** Short runs repeat until code and memory are warm and a moment's load no longer decides. */
const shortestMs = 600;
/** Runs at the start of a block, in which threads wake up, that do not count: one where it takes longer than that. */
const waking = 2;

/** Times of the runs of one block, in ms. */
export async function blockOf({ run }: Pick<Side, 'run'>): Promise<number[]> {
  let began = performance.now();
  for (let i = 0; i < waking && performance.now() - began < shortestMs; i++) await run();
  const times: number[] = [];
  began = performance.now();
  for (;;) {
    const started = performance.now();
    const own = await run();
    times.push(own ?? performance.now() - started);
    const gone = performance.now() - began;
    if (times.length >= 3 && gone >= longestMs) return times;
    if (gone >= patienceMs) return times;
    if (times.length >= runs && gone >= shortestMs) return times;
  }
}
