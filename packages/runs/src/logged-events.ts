import { assertKnown, optionNames, type Storage } from '@segscape/core';
import { pathName } from './path-name.js';
import { eventWriter, scalarValues } from './tensorboard.js';

/** What is used of a training's events: those of `fit` have it. */
export interface EpochOfTraining {
  readonly type: string;
  readonly epoch?: number;
  /** Numbers by split and measure. */
  readonly measures?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly step?: number;
  readonly loss?: number;
}

export interface TensorBoardOptions {
  /** Where the event files go, one folder for each split below it. Default `'tensorboard'`. */
  readonly folder?: string;
  /** Seconds since 1970, for the files' names and their records. Default the clock's. */
  readonly now?: () => number;
}

const known = optionNames<TensorBoardOptions>({ folder: true, now: true });

/**
 * Writes the measures of each epoch, and the loss of each step, into TensorBoard's event files, and passes every event on.
 *
 *     for await (const event of tensorBoard(fit(options), fsStorage('logs'))) …
 *
 * @param events of a training: `fit`, or a helper around it.
 * @param storage that keeps the files.
 * @param options the folder; its default stands with its type.
 * @returns the same events.
 * @throws {SegscapeError} `NOT_WRITABLE`; `BAD_OPTION`.
 */
export async function* tensorBoard<E extends EpochOfTraining>(
  events: AsyncIterable<E>,
  storage: Storage,
  options: TensorBoardOptions = {},
): AsyncGenerator<E> {
  assertKnown('tensorBoard', options, known);
  const { folder = 'tensorboard', now = () => Date.now() / 1000 } = options;
  const append = eventWriter(storage, now);
  for await (const event of events) {
    const { type, epoch = 0, measures = {}, step = 0, loss } = event;
    if (type === 'epoch')
      for (const [split, values] of Object.entries(measures))
        await append(`${folder}/${pathName(split)}`, epoch, scalarValues(values));
    if (type === 'batch' && loss !== undefined)
      await append(`${folder}/steps`, step, scalarValues({ lossOfStep: loss }));
    yield event;
  }
}
