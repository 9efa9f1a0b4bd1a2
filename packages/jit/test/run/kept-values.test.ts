import { jit } from '@segscape/jit';
import {
  engine,
  memory,
  mul,
  reshape,
  square,
  sub,
  type Tensor,
  tensor,
  variable,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OutputBuffers } from '../../src/run/buffers.js';
import '@segscape/testing';

const size = 5000;
const filled = (value: number) => tensor(new Float32Array(size).fill(value));

/** Ways to get at the values of a tensor, all of which people use after the tensor is gone. */
const ways: Record<string, (result: Tensor) => ArrayLike<number> | Promise<ArrayLike<number>>> = {
  data: (result) => result.data(),
  dataSync: (result) => result.dataSync(),
  'data of a reshape': async (result) => {
    const other = reshape(result, [size / 10, 10]);
    const values = await other.data();
    other.dispose();
    return values;
  },
  'readSync of the backend': (result) => engine().readSync(result.dataId) as Float32Array,
  buffer: (result) => result.bufferSync().values as Float32Array,
};

describe('values that were read from a result', () => {
  test.each(Object.entries(ways))(
    'by %s stay when it is disposed and the function called again',
    async (_, read) => {
      const doubled = jit(({ x }: { x: Tensor }) => mul(x, 2), {});
      const held: ArrayLike<number>[] = [];
      for (const value of [1, 2, 3, 4]) {
        const x = filled(value);
        const result = (await doubled({ x })) as Tensor;
        held.push(await read(result));
        result.dispose();
        x.dispose();
      }
      expect(held.map((values) => [values[0], values[size - 1]])).toEqual([
        [2, 2],
        [4, 4],
        [6, 6],
        [8, 8],
      ]);
      await doubled.dispose();
    },
  );

  test('stay in any order of calls, readings and disposals', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ read: fc.constantFrom('before', 'after', 'never'), keep: fc.boolean() }), {
          minLength: 2,
          maxLength: 8,
        }),
        async (steps) => {
          const squared = jit(({ x }: { x: Tensor }) => ({ a: square(x), b: sub(x, 1) }), {});
          const alive: Tensor[] = [];
          const held: (readonly [number, Float32Array])[] = [];
          for (const [i, { read, keep }] of steps.entries()) {
            const x = filled(i + 2);
            const { a, b } = (await squared({ x })) as { a: Tensor; b: Tensor };
            if (read === 'before') held.push([(i + 2) ** 2, (await a.data()) as Float32Array]);
            if (read === 'after') {
              // Fed back first: a run's own reading is not the user's.
              const next = (await squared({ x: b })) as { a: Tensor; b: Tensor };
              next.a.dispose();
              next.b.dispose();
              held.push([i + 1, (await b.data()) as Float32Array]);
            }
            if (keep) alive.push(a, b);
            else for (const each of [a, b]) each.dispose();
            x.dispose();
          }
          for (const [value, values] of held) expect(values.every((v) => v === value)).toBe(true);
          for (const each of alive) each.dispose();
          await squared.dispose();
        },
      ),
      { numRuns: 15 },
    ));

  test('a kernel of TensorFlow.js that reads a result, and a variable that takes it over, keep it too', async () => {
    const doubled = jit(({ x }: { x: Tensor }) => mul(x, 2), {});
    const x = filled(3);
    const first = (await doubled({ x })) as Tensor;
    const weights = variable(first);
    first.dispose();
    const y = filled(4);
    const second = (await doubled({ x: y })) as Tensor;
    expect(weights.dataSync()[0]).toBe(6);
    expect(second.dataSync()[0]).toBe(8);
    for (const each of [x, y, second, weights]) each.dispose();
    await doubled.dispose();
  });
});

test('a result that was disposed is no argument, though its memory is there', async () => {
  const doubled = jit(({ x }: { x: Tensor }) => mul(x, 2), {});
  const x = filled(1);
  const gone = (await doubled({ x })) as Tensor;
  gone.dispose();
  const other = (await doubled({ x })) as Tensor;
  await expect(Promise.resolve().then(() => doubled({ x: gone }))).rejects.toThrow(/dispose/i);
  for (const each of [x, other]) each.dispose();
  await doubled.dispose();
});

describe('memory of results', () => {
  const live = new Map();

  test('alternates between two arrays while nobody looks into them', () => {
    const buffers = new OutputBuffers('float32', [size], live);
    const arrays = new Set<unknown>();
    let last: Tensor | undefined;
    for (let step = 0; step < 6; step++) {
      const slot = buffers.take();
      arrays.add(slot.array);
      const next = buffers.wrap(slot);
      last?.dispose();
      last = next;
    }
    last?.dispose();
    expect(arrays.size).toBe(2);
  });

  test('goes to whoever reads it', () => {
    const buffers = new OutputBuffers('float32', [size], live);
    const before = memory().numTensors;
    const slot = buffers.take();
    const result = buffers.wrap(slot);
    const values = result.dataSync();
    result.dispose();
    expect(values).toBe(slot.array);
    expect(buffers.take().array).not.toBe(values);
    expect(memory().numTensors).toBe(before);
  });
});
