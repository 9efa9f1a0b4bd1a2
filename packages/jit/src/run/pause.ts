/** Milliseconds of work in one go. */
const longest = 50;

/** Lets what waits have its turn: signals, timers, a page's drawing. */
export const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/**
 * A pause now and then: eager work never waits for anything, so without one a process hears no Ctrl-C and a page draws nothing
 * until it is done.
 */
export function pauses(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < longest) return;
    await turn();
    last = performance.now();
  };
}
