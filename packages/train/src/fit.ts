import type { TrainEvent } from './events.js';
import type { FitOptions } from './fit-options.js';

/**
 * Trains, as a stream of events; the last is `done`. Stopped by its signal, in an evaluation too, it gives a checkpoint
 * of the very batch, from which `resumeFrom` goes on to the same bits as without the stop. The batches that it is given
 * are disposed after use. The first one is looked at, by a forward pass: probabilities where the loss takes logits are refused.
 * A loss with weights that change (`weightsAt`) is given those of the epoch beside the labels, in evaluations too.
 * What trains is loaded when the training begins, the compiler (`@segscape/jit`) with it.
 *
 * @param options model, loss, optimizer and batches: images `[samples, …space, channels]`, labels `[samples, …space]`, or
 *   whatever the model's `forward` and the loss take.
 * @returns events `progress` (by epochs), `batch`, `epoch`, `best`, `checkpoint`, and `done` at last, with `stopped: true`
 *   and a state to resume from wherever the signal has fired; one that had fired before gives `done` at once.
 * @throws {SegscapeError} `NOT_FINITE` when the loss or a weight becomes NaN or infinite: no checkpoint of such weights
 * is ever given. `EMPTY_DATASET`; `BAD_OPTION`, also for a state of another optimiser or network,
 * for batches that have been disposed and for probabilities in place of logits.
 */
export async function* fit(options: FitOptions): AsyncGenerator<TrainEvent> {
  const { training } = await import('./training.js');
  yield* training(options);
}
