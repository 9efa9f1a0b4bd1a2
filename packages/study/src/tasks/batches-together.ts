import type { Batch } from '@segscape/data';
import { dispose } from '@tensorflow/tfjs-core';
import type { Setup } from '../setup.js';

/** The same samples, as each of some networks takes them. */
export type BatchesBySetup = ReadonlyMap<Setup, Batch>;

const disposeBatch = ({ images, labels, prepared }: Batch) =>
  dispose([images, labels, ...Object.values(prepared ?? {})]);

/**
 * Batches of the same samples for several networks at a time: their labels are of the same pixels, their images may be padded for
 * each. A batch is disposed when the next is asked for.
 * @param of the batches of one.
 */
export async function* batchesTogether(
  setups: Iterable<Setup>,
  of: (setup: Setup) => AsyncIterable<Batch>,
): AsyncGenerator<BatchesBySetup> {
  const streams = [...new Set(setups)].map((setup) => [setup, of(setup)[Symbol.asyncIterator]()] as const);
  try {
    for (;;) {
      const batches = new Map<Setup, Batch>();
      try {
        for (const [setup, stream] of streams) {
          const { done, value } = await stream.next();
          if (!done) batches.set(setup, value);
        }
        if (batches.size < streams.length || streams.length === 0) return;
        yield batches;
      } finally {
        for (const batch of batches.values()) disposeBatch(batch);
      }
    }
  } finally {
    for (const [, stream] of streams) await stream.return?.();
  }
}
