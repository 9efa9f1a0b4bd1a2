import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '@segscape/testing';
import { compared, type Odd, tensorOf } from './odd/case.js';
import { everyOdd } from './odd/every.js';

const numRuns = Number(process.env.JIT_ODD_RUNS ?? 4);

/** The same call of what is no argument, as weights and labels often are none. */
const made = ({ label, fn, inputs }: Odd): Odd => ({
  label,
  inputs: [],
  fn: () => fn(...inputs.map(tensorOf)),
});

/** Of tensors whose elements all are alike, which rules know, and in part compute with. */
const filled = ({ label, fn, inputs }: Odd): Odd => ({
  label,
  inputs: [],
  fn: () =>
    fn(...inputs.map(({ shape, dtype, values }) => tf.fill(shape, values![0] ?? 0, dtype as 'float32'))),
});

/** Of one argument, and of what is none beside it. */
const beside = ({ label, fn, inputs }: Odd): Odd => ({
  label,
  inputs: inputs.slice(0, 1),
  fn: (x) => fn(...inputs.map((input, i) => (i === 0 ? x! : tensorOf(input)))),
});

/**
 * What is known when a program is written is folded, moved and left out there, and computed by ONNX Runtime when it loads the program:
 * whichever inputs it are, native execution gives what the cpu backend gives, or refuses by the kernel's name.
 */
describe.each(Object.entries({ made, filled, beside }))(
  'inputs that are known beforehand, %s',
  (_how, known) => {
    test.each(everyOdd.map((odd) => [...odd] as const))('%s', async (_name, odd) => {
      await fc.assert(
        fc.asyncProperty(odd, async (call) => {
          expect((await compared(known(call))).wrong, call.label).toBeUndefined();
        }),
        { seed: 20190613, numRuns },
      );
    });
  },
);
