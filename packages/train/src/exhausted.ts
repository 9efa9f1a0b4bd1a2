import { isSegscapeError, SegscapeError } from '@segscape/core';
import { backend } from '@tensorflow/tfjs-core';

/** What engines, drivers and runtimes say when memory is not enough. */
const memory =
  /out of memory|OUT_OF_MEMORY|bad[_ ]alloc|fail\w* to allocate|allocation failed|could not allocate|cannot allocate|unable to create \w*texture|greater than WebGL maximum/i;

/** What they say when a graphics device went away. */
const lost = /context[ _](?:was |is )?lost|device (?:was |is )?lost/i;

/** Whether the present backend's graphics context is gone: what it computes then is no longer a number. */
function isContextLost(): boolean {
  const { gpgpu } = backend() as { readonly gpgpu?: { readonly gl?: { isContextLost?(): boolean } } };
  return gpgpu?.gl?.isContextLost?.() === true;
}

interface Standing {
  /** Images of the batch that was worked on. */
  readonly batchSize: number;
  readonly epoch: number;
  readonly step: number;
}

const refusal = (reason: 'memory' | 'context', { batchSize, epoch, step }: Standing, cause?: unknown) => {
  const smaller = Math.floor(batchSize / 2);
  const what = reason === 'memory' ? 'there was not enough memory' : 'the graphics context was lost';
  const advice =
    smaller > 0
      ? `Try a batch size of ${smaller} (accumulate: ${Math.ceil(batchSize / smaller)} trains as before), or smaller crops`
      : 'Try smaller crops or a smaller network';
  return new SegscapeError(
    'BACKEND_UNAVAILABLE',
    `fit: ${what} at step ${step + 1} of epoch ${epoch + 1}, with ${batchSize} ${batchSize === 1 ? 'image' : 'images'} a batch. ${advice}; the training goes on from its last checkpoint (resumeFrom)${reason === 'context' ? ' once the page is loaded again' : ''}.`,
    { details: { reason, batchSize, tryBatchSize: Math.max(1, smaller), epoch, step: step + 1 }, cause },
  );
};

/** An error in words that help, where memory or the device was at an end; any other stays as it is. */
function explained(error: unknown, standing: Standing): unknown {
  if (isSegscapeError(error)) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (lost.test(text) || isContextLost()) return refusal('context', standing, error);
  return memory.test(text) ? refusal('memory', standing, error) : error;
}

/** What work gives. @throws {SegscapeError} `BACKEND_UNAVAILABLE` where memory or the device was at an end. */
export const orExplained = <T>(work: Promise<T>, standing: Standing): Promise<T> =>
  work.catch((error: unknown) => {
    throw explained(error, standing);
  });

/** A lost context gives NaN where nothing diverged. @throws {SegscapeError} `BACKEND_UNAVAILABLE`. */
export function assertContext(standing: Standing): void {
  if (isContextLost()) throw refusal('context', standing);
}
