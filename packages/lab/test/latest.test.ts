import { expect, test } from 'vitest';
import { latest } from '../src/worker/latest.js';

test('only the last of many questions is answered, whichever answer comes last', async () => {
  const ask = latest();
  const shown: string[] = [];
  const answered = async (text: string, after: Promise<void>) => {
    const current = ask();
    await after;
    if (current()) shown.push(text);
  };
  let first = () => {};
  const slow = answered(
    'first',
    new Promise((resolve) => {
      first = resolve;
    }),
  );
  await answered('second', Promise.resolve());
  first();
  await slow;
  expect(shown).toEqual(['second']);
});
