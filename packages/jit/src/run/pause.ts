/** Milliseconds of work in one go. */
const longest = 50;

/**
 * A pause now and then: eager work never waits for anything, so without one a process hears no Ctrl-C and a page draws nothing
 * until it is done.
 */
export function pauses(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < longest) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  };
}
