import { isRecord, nearestWord, SegscapeError } from '@segscape/core';
import type { SplitLists } from './dataset.js';
import { bytesOf } from './source.js';

/** What each part may be called. */
const names = {
  train: ['train'],
  validation: ['validation', 'val', 'valid'],
  test: ['test'],
} as const;

const isList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((id) => typeof id === 'string' || typeof id === 'number');

type Source = SplitLists | string;

function wrong(source: Source, why: string, cause?: unknown): SegscapeError {
  const path = typeof source === 'string' ? source : undefined;
  return new SegscapeError(
    'CORRUPT_FILE',
    `splitDataset: ${path === undefined ? 'lists' : `'${path}'`} ${why}; expected { "train": [ids], "test": [ids] }.`,
    { details: { path }, cause },
  );
}

/** The list of a part under any of its names; what stands there and is none must not pass for a part without samples. */
function listOf(source: Source, content: Readonly<Record<string, unknown>>, part: keyof typeof names) {
  const name = names[part].find((one) => content[one] !== undefined);
  if (name === undefined) return undefined;
  const list = content[name];
  if (!isList(list)) throw wrong(source, `has no list ${name}`);
  return list.map(String);
}

/** A list that is almost called like a part that is not there would be left out. */
function assertNoneMissed(source: Source, content: Readonly<Record<string, unknown>>): void {
  const parts = Object.keys(names) as (keyof typeof names)[];
  const absent = parts.filter((part) => names[part].every((name) => content[name] === undefined));
  const known: readonly string[] = Object.values(names).flat();
  for (const [name, list] of Object.entries(content)) {
    const meant = known.includes(name) ? undefined : nearestWord(name, absent);
    if (meant !== undefined && isList(list))
      throw wrong(source, `has a list '${name}'; did you mean '${meant}'`);
  }
}

/** The lists of a file, or of an object: its parts by their names. */
export async function listsOf(source: Source): Promise<SplitLists> {
  let content: unknown = source;
  if (typeof source === 'string')
    try {
      content = JSON.parse(new TextDecoder().decode(await bytesOf(source)));
    } catch (cause) {
      if (cause instanceof SegscapeError) throw cause;
      throw wrong(source, 'is not JSON', cause);
    }
  if (!isRecord(content)) throw wrong(source, 'holds no object');
  assertNoneMissed(source, content);
  const train = listOf(source, content, 'train');
  if (train === undefined) throw wrong(source, 'has no list train');
  const [validation, test] = [listOf(source, content, 'validation'), listOf(source, content, 'test')];
  return { train, ...(validation && { validation }), ...(test && { test }) };
}
