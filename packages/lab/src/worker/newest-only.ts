/**
 * Runs the newest of many requests: while one is under way, only the last that came waits for it.
 * @param action what is done with a request.
 */
export function newestOnly<T>(action: (request: T) => Promise<void>): (request: T) => void {
  let waiting: { readonly request: T } | undefined;
  let busy = false;
  const work = async () => {
    busy = true;
    try {
      while (waiting) {
        const { request } = waiting;
        waiting = undefined;
        await action(request);
      }
    } finally {
      busy = false;
    }
  };
  return (request) => {
    waiting = { request };
    if (!busy) void work();
  };
}
