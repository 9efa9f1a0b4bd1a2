import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '@segscape/testing';
import { compared } from './odd/case.js';
import { everyOdd } from './odd/every.js';

const numRuns = Number(process.env.JIT_ODD_RUNS ?? 8);

/**
 * Every kernel with tensors of any type, of ranks 0 to 6, of no elements, along axes from either end: native execution gives what the
 * cpu backend gives, or refuses by the kernel's name; and it throws where that throws.
 */
describe('native is eager, or refused by the name of a kernel', () => {
  test.each(everyOdd.map((odd) => [...odd] as const))('%s', async (_name, odd) => {
    await fc.assert(
      fc.asyncProperty(odd, async (call) => {
        expect((await compared(call)).wrong, call.label).toBeUndefined();
      }),
      { seed: 20190613, numRuns },
    );
  });
});
