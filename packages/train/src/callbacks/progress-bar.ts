import { assertOption } from '@segscape/core';
import type { TrainEvent } from '../events.js';
import { assertFunction, assertGiven } from '../given.js';

export interface ProgressBarOptions {
  /** Epochs of the whole training, to be written behind the present one. Default: not written. */
  readonly epochs?: number;
  /** Measures that end an epoch's line, `'validation.iou.mean'` say. Default: the loss of every split. */
  readonly measures?: readonly string[];
  /** Length of the bar, characters. A positive integer. Default 30. */
  readonly width?: number;
}

const rounded = (value: number) =>
  Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);

/**
 * Writes one line for each epoch, which grows with its batches; how many there are is known from the second epoch on.
 *
 *     for await (const event of progressBar(fit(options), (text) => process.stdout.write(text), { epochs: 10 })) …
 *     // 2/10 [===============>              ] 20/40 loss 0.2713
 *
 * @param events of `fit`, or of another of these.
 * @param write given text that begins with a carriage return, so that it takes the place of the line before it, and that ends
 *   with a line feed when the epoch is over.
 * @param options what a line shows.
 * @returns the same events.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export async function* progressBar(
  events: AsyncIterable<TrainEvent>,
  write: (text: string) => unknown,
  options: ProgressBarOptions = {},
): AsyncGenerator<TrainEvent> {
  assertFunction('progressBar', 'write', write, 'that is given text');
  assertGiven('progressBar', options, ['epochs', 'measures', 'width']);
  const { epochs, measures: shown, width = 30 } = options;
  const must = 'be a positive integer, in characters';
  assertOption(Number.isInteger(width) && width > 0, 'progressBar', 'width', width, must);
  const numbered = (epoch: number) => (epochs === undefined ? `${epoch}` : `${epoch}/${epochs}`);
  let batches: number | undefined;
  let done = 0;
  let length = 0;
  const line = (text: string, end = '') => {
    write(`\r${text.padEnd(length)}${end}`); // over what is left of a longer line
    length = end ? 0 : text.length;
  };
  const bar = (share: number) => {
    const full = Math.min(width, Math.floor(share * width));
    const filled = full < width ? `${'='.repeat(full)}>` : '='.repeat(width);
    return `[${filled.padEnd(width)}]`;
  };
  for await (const event of events) {
    if (event.type === 'batch') {
      done = event.batch;
      const share = batches === undefined ? `${done}` : `${bar(done / batches)} ${done}/${batches}`;
      line(`${numbered(event.epoch + 1)} ${share} loss ${rounded(event.loss)}`);
    }
    if (event.type === 'epoch') {
      if (event.epoch > 0) batches = done;
      const all = Object.entries(event.measures).flatMap(([split, scores]) =>
        Object.entries(scores).map(([name, value]) => [`${split}.${name}`, value] as const),
      );
      const told = all.filter(([name]) => shown?.includes(name) ?? name.endsWith('.loss'));
      line(
        `${numbered(event.epoch)} ${told.map(([name, value]) => `${name} ${rounded(value)}`).join(' ')}`,
        '\n',
      );
    }
    yield event;
  }
}
