import { getBackend } from '@tensorflow/tfjs-core';

/** Backends that work by themselves: they take orders at once, and a result is waited for only where it is read. */
export const worksByItself = (): boolean => ['webgl', 'webgpu'].includes(getBackend());

/**
 * What `begin` makes of each item, one after the other. With `ahead`, the next is begun before one is handed out, so that a
 * graphics card has work while a result is read; whoever stops has one thing more begun, which is dropped.
 * @param begin is given the item, and what was begun last where that has not been handed out; undefined ends it.
 * @param options `drop` undoes what was begun in vain.
 */
export async function* begun<Item, Begun>(
  items: AsyncIterable<Item>,
  begin: (item: Item, before: Begun | undefined) => Promise<Begun | undefined>,
  { ahead, drop }: { readonly ahead: boolean; drop(begun: Begun): void | Promise<void> },
): AsyncGenerator<Begun> {
  const iterator = items[Symbol.asyncIterator]();
  const next = async (before: Begun | undefined) => {
    const { done, value } = await iterator.next();
    const made = done === true ? undefined : await begin(value, before);
    return made && { made };
  };
  let waiting: { readonly made: Begun } | undefined;
  try {
    waiting = await next(undefined);
    while (waiting !== undefined) {
      const { made } = waiting;
      // What went wrong with the next one is told of after this one.
      const following = ahead ? await settled(next(made)) : undefined;
      waiting = following?.value;
      yield made;
      if (following !== undefined && 'error' in following) throw following.error;
      if (following === undefined) waiting = await next(undefined);
    }
  } finally {
    if (waiting !== undefined) await drop(waiting.made);
    await iterator.return?.();
  }
}

async function settled<T>(promise: Promise<T>): Promise<{ value?: T; error?: unknown }> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}
