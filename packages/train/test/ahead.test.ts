import { describe, expect, test } from 'vitest';
import { begun } from '../src/ahead.js';

/** What happened, in order, while numbers were begun one after the other. */
async function story(
  ahead: boolean,
  { broken, ends, takes = Infinity }: { broken?: number; ends?: number; takes?: number } = {},
): Promise<string[]> {
  const said: string[] = [];
  async function* items() {
    try {
      yield* [1, 2, 3];
    } finally {
      said.push('closed');
    }
  }
  const begin = async (item: number, before: number | undefined) => {
    if (item === broken) throw new Error(`no ${item}`);
    if (item === ends) return undefined;
    said.push(`begin ${item}${before === undefined ? '' : ` on ${before}`}`);
    return item;
  };
  try {
    let taken = 0;
    for await (const each of begun(items(), begin, { ahead, drop: (n) => void said.push(`drop ${n}`) })) {
      said.push(`take ${each}`);
      if (++taken === takes) break;
    }
  } catch (error) {
    said.push((error as Error).message);
  }
  return said;
}

describe('steps that are begun ahead', () => {
  test('one is begun before the one before it is taken', async () => {
    expect(await story(true)).toEqual([
      'begin 1',
      'begin 2 on 1',
      'take 1',
      'begin 3 on 2',
      'take 2',
      'closed',
      'take 3',
    ]);
    expect(await story(false)).toEqual([
      'begin 1',
      'take 1',
      'begin 2',
      'take 2',
      'begin 3',
      'take 3',
      'closed',
    ]);
  });

  test('what was begun in vain is dropped, and the source closed', async () => {
    expect(await story(true, { takes: 1 })).toEqual([
      'begin 1',
      'begin 2 on 1',
      'take 1',
      'drop 2',
      'closed',
    ]);
    expect(await story(false, { takes: 1 })).toEqual(['begin 1', 'take 1', 'closed']);
  });

  test('a fault of the next is told of after this one was taken', async () => {
    expect(await story(true, { broken: 2 })).toEqual(['begin 1', 'take 1', 'closed', 'no 2']);
    expect(await story(false, { broken: 2 })).toEqual(['begin 1', 'take 1', 'closed', 'no 2']);
  });

  test('nothing begun ends it', async () => {
    expect(await story(true, { ends: 2 })).toEqual(['begin 1', 'take 1', 'closed']);
    expect(await story(false, { ends: 1 })).toEqual(['closed']);
  });
});
