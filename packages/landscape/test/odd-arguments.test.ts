import { isSegscapeError } from '@segscape/core';
import { tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { cases } from './odd-cases.js';

/** What a program without types may give in place of any argument. */
const odd: readonly unknown[] = [
  null,
  -1,
  Number.NaN,
  'x',
  [],
  {},
  [null, null],
  [undefined],
  Float32Array.of(-1, 0, 1),
  () => tensor(1),
];

/** Runs a call to its end. */
async function run(call: () => unknown): Promise<void> {
  const result = await call();
  if (result && typeof result === 'object' && Symbol.asyncIterator in result)
    for await (const event of result as AsyncIterable<unknown>) void event;
}

describe('an argument that cannot be meant', () => {
  test.each(Object.entries(cases))('%s tells of it, or takes it', async (_name, { given, call }) => {
    await run(() => call({ ...given } as Record<string, never>));
    const raw: string[] = [];
    for (const name of Object.keys(given).filter((key) => key !== 'jit'))
      for (const value of odd)
        try {
          await run(() => call({ ...given, [name]: value } as Record<string, never>));
        } catch (error) {
          if (!isSegscapeError(error)) raw.push(`${name} = ${String(value)}: ${String(error)}`);
        }
    expect(raw).toEqual([]);
  });
});
