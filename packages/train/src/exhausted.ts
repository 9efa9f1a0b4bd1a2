import { isSegscapeError, SegscapeError } from '@segscape/core';
import { backend } from '@tensorflow/tfjs-core';

/** What engines, drivers and runtimes say when memory is not enough. */
const memory =
  /out[ _]?of[ _]?memory|\boom\b|bad[_ ]alloc|fail\w* to allocate|allocation failed|could not allocate|cannot allocate|cannot enlarge memory|unable to create \w*texture|greater than WebGL maximum/i;

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
  /** The split that was being evaluated; undefined in a training step. */
  readonly split?: string;
}

const refusal = (
  reason: 'memory' | 'context',
  { batchSize, epoch, step, split }: Standing,
  cause?: unknown,
) => {
  const smaller = Math.floor(batchSize / 2);
  const what = reason === 'memory' ? 'there was not enough memory' : 'the graphics context was lost';
  const advice =
    smaller > 0
      ? `Try a batch size of ${smaller}${split ? '' : ` (accumulate: ${Math.ceil(batchSize / smaller)} trains as before)`}, or smaller crops`
      : 'Try smaller crops or a smaller network';
  const at = split
    ? `in the evaluation of '${split}' after step ${step}`
    : `at step ${step + 1} of epoch ${epoch + 1}`;
  return new SegscapeError(
    'BACKEND_UNAVAILABLE',
    `fit: ${what} ${at}, with ${batchSize} ${batchSize === 1 ? 'image' : 'images'} a batch. ${advice}; the training goes on from its last checkpoint (resumeFrom)${reason === 'context' ? ' once the page is loaded again' : ''}.`,
    {
      details: { reason, batchSize, tryBatchSize: Math.max(1, smaller), epoch, step: step + 1, split },
      cause,
    },
  );
};

/** An error in words that help, where memory or the device was at an end; any other stays as it is. */
function explained(error: unknown, standing: Standing): unknown {
  // The compiler blames a kernel for whatever the runtime said in a run; what it said is the cause.
  const said = isSegscapeError(error, 'NOT_TRACEABLE') ? error.cause : error;
  if (said === undefined || isSegscapeError(said)) return error;
  const text = said instanceof Error ? said.message : String(said);
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
