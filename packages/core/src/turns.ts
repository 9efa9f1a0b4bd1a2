/** Milliseconds that others wait at most before they have a turn, but for one piece of work. */
const patience = 40;

/**
 * For long work on one thread: what it returns lets signals, timers and pages have a turn where they have waited.
 *
 *     const turn = turns();
 *     for (const figure of figures) {
 *       draw(figure);
 *       await turn();
 *     }
 *
 * @returns waits for a turn of the others, where they have waited long.
 */
export function turns(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < patience) return;
    await new Promise<void>((resolve) => {
      setTimeout(resolve);
    });
    last = performance.now();
  };
}
