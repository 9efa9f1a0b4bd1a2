import { assertOption } from '@segscape/core';
import type { TrainEvent } from '../events.js';
import { assertFunction, assertGiven } from '../given.js';

export interface CsvLoggerOptions {
  /** Whether the names of the columns come first; false to go on with a file. Default true. */
  readonly header?: boolean;
  /** What stands between two values: one character, `'\t'` or `';'` say. Default a comma. */
  readonly separator?: string;
}

/**
 * Writes a row of separated values for each epoch: `epoch`, then every measure as `validation.loss`, the mean loss of the
 * epoch's steps last, as `steps.loss`; what an epoch has not is left empty. Columns are those of the first epoch that comes.
 *
 *     for await (const event of csvLogger(fit(options), (text) => appendFile('log.csv', text))) …
 *
 * @param events of `fit`, or of another of these.
 * @param append given one line or more; awaited before the events go on.
 * @param options whether the names come first, and what separates values.
 * @returns the same events.
 * @throws {SegscapeError} `BAD_OPTION`.
 * @see RFC 4180.
 */
export async function* csvLogger(
  events: AsyncIterable<TrainEvent>,
  append: (text: string) => unknown,
  options: CsvLoggerOptions = {},
): AsyncGenerator<TrainEvent> {
  assertFunction('csvLogger', 'append', append, 'that is given lines of text');
  assertGiven('csvLogger', options, ['header', 'separator']);
  const { header = true, separator = ',' } = options;
  const isOne = typeof separator === 'string' && [...separator].length === 1 && !/["\r\n]/.test(separator);
  assertOption(isOne, 'csvLogger', 'separator', separator, 'be one character, no quote and no line break');
  const quoted = (text: string) => text.includes(separator) || /["\r\n]/.test(text);
  const cell = (text: string) => (quoted(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const row = (cells: readonly string[]) => `${cells.map(cell).join(separator)}\n`;
  let columns: readonly string[] | undefined;
  for await (const event of events) {
    if (event.type === 'epoch') {
      const values = new Map<string, string>(
        Object.entries(event.measures).flatMap(([split, scores]) =>
          Object.entries(scores).map(([name, value]) => [`${split}.${name}`, String(value)] as const),
        ),
      );
      const first = columns === undefined;
      // Before training no step was done, and the epochs that follow have their mean.
      columns ??= [...new Set([...values.keys(), 'steps.loss'])];
      const line = row([String(event.epoch), ...columns.map((name) => values.get(name) ?? '')]);
      await append(first && header ? row(['epoch', ...columns]) + line : line);
    }
    yield event;
  }
}
