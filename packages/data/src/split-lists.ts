import { SegscapeError } from '@segscape/core';
import type { SplitLists } from './dataset.js';
import { isRecord } from './json-file.js';
import { bytesOf } from './source.js';

const isList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((id) => typeof id === 'string' || typeof id === 'number');

/**
 * Lists of ids from an object or a JSON file `{ "train": [...], "validation": [...], "test": [...] }`; `val` is
 * understood too, other entries are passed over.
 *
 * @param split the lists, or the path (browser: address) of the file.
 * @returns the lists, `validation` and `test` where they are given.
 * @throws {SegscapeError} `CORRUPT_FILE`.
 */
export async function readSplit(split: SplitLists | string): Promise<SplitLists> {
  if (typeof split !== 'string') return split;
  const wrong = (why: string, cause?: unknown) =>
    new SegscapeError(
      'CORRUPT_FILE',
      `splitDataset: '${split}' ${why}; expected { "train": [ids], "test": [ids] }.`,
      {
        details: { path: split },
        cause,
      },
    );
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder().decode(await bytesOf(split)));
  } catch (cause) {
    if (cause instanceof SegscapeError) throw cause;
    throw wrong('is not JSON', cause);
  }
  if (!isRecord(content)) throw wrong('holds no object');
  const { train, validation = content.val, test } = content;
  if (!isList(train)) throw wrong('has no list train');
  return {
    train: train.map(String),
    ...(isList(validation) ? { validation: validation.map(String) } : {}),
    ...(isList(test) ? { test: test.map(String) } : {}),
  };
}
