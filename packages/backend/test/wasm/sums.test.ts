import { abs, engine, type NamedAttrMap, setBackend, type Tensor, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noise } from '../cases/case.js';
import { axes, expectAsOnCpu, onWasm, seed } from './as-on-cpu.js';

onWasm();

const sums = fc.integer({ min: 1, max: 4 }).chain((rank) =>
  fc.record({
    shape: axes(rank, 14),
    axis: fc.subarray([...Array(rank).keys()]),
    keepDims: fc.boolean(),
  }),
);

describe.each(['Sum', 'Mean'])('%s', (kernel) => {
  test('over any axes is on wasm what it is on cpu', () =>
    fc.assert(
      fc.asyncProperty(sums, seed, ({ shape, ...attrs }, s) =>
        expectAsOnCpu(kernel, () => ({ x: tidy(() => abs(noise(shape, s))) }), attrs),
      ),
    ));

  // Among them a prime, which no block divides.
  test.each([1_000_000, 99_991])('of %i numbers keeps its digits', async (count) => {
    await setBackend('wasm');
    const [values, result] = tidy(() => {
      const x = abs(noise([count]));
      const attrs = { axis: [0], keepDims: false } as unknown as NamedAttrMap;
      return [
        x.dataSync() as Float32Array,
        (engine().runKernel(kernel, { x }, attrs) as Tensor).dataSync()[0]!,
      ];
    });
    const exact = values.reduce((total, v) => total + v, 0) / (kernel === 'Mean' ? count : 1);
    expect(Math.abs(result - exact) / exact).toBeLessThan(3e-7);
    await setBackend('cpu');
  });
});
