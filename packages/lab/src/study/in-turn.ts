let last: Promise<unknown> = Promise.resolve();

/** Runs what changes or uses the backend one after the other: a look must not begin while a device is being tried. */
export function inTurn<T>(action: () => Promise<T>): Promise<T> {
  const next = last.then(action, action);
  last = next.catch(() => undefined); // who asked is told; those who wait only need it to be over
  return next;
}
