import { expect, test } from 'vitest';
import { inTurn } from '../src/study/in-turn.js';
import { newestOnly } from '../src/worker/newest-only.js';

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

test('of requests that come while one is under way, only the last is done', async () => {
  const done: number[] = [];
  let free = () => undefined as unknown;
  const ask = newestOnly(async (request: number) => {
    done.push(request);
    if (request === 1) await new Promise<void>((resolve) => (free = resolve as typeof free));
  });
  for (const request of [1, 2, 3, 4]) ask(request);
  expect(done).toEqual([1]);
  free();
  await turn();
  expect(done).toEqual([1, 4]);
});
test('what uses the backend waits for what came before, also for what failed', async () => {
  const order: string[] = [];
  const slow = inTurn(async () => {
    await turn();
    order.push('slow');
    throw new Error('lost');
  });
  const next = inTurn(async () => order.push('next'));
  await expect(slow).rejects.toThrow('lost');
  await next;
  expect(order).toEqual(['slow', 'next']);
});
