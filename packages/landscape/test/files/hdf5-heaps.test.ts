import { encodeSurface } from '@segscape/landscape/hdf5';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasWholeHeaps } from '../../src/files/hdf5-heaps.js';
import { decodeSurface } from '../../src/files/hdf5-surface.js';

describe('the heap of an HDF5 file', () => {
  let bytes: Uint8Array;
  let heap: number;
  beforeAll(async () => {
    const x = Float64Array.of(-1, 0, 1);
    const values = { dice: Float32Array.from({ length: 9 }, (_, i) => i) };
    bytes = await encodeSurface({ x, y: x, values, attributes: { seed: 1 } });
    heap = Buffer.from(bytes).indexOf('GCOL');
  });

  test('is whole as it was written', () => {
    expect(heap).toBeGreaterThan(0);
    expect(hasWholeHeaps(bytes)).toBe(true);
  });

  test.each([
    ['an object without a size', 0],
    ['an object beyond its end', 1 << 20],
  ])('%s is damage, where the library would walk on', async (_, size) => {
    const damaged = bytes.slice();
    const view = new DataView(damaged.buffer);
    // The free space, at the end: object 0.
    view.setUint16(heap + 16, 0, true);
    view.setBigUint64(heap + 24, BigInt(size), true);
    expect(hasWholeHeaps(damaged)).toBe(false);
    await expect(decodeSurface(damaged)).rejects.toMatchObject({
      code: 'CORRUPT_FILE',
      message: 'decodeSurface: a heap of the HDF5 file is damaged. Compute the surface again.',
    });
  });

  test('pieces that are doubled or left out end in an answer', async () => {
    const span = fc.tuple(
      fc.integer({ min: heap, max: heap + 200 }),
      fc.integer({ min: 1, max: 64 }),
      fc.boolean(),
    );
    await fc.assert(
      fc.asyncProperty(span, async ([at, length, doubled]) => {
        const out = Buffer.concat(
          doubled
            ? [bytes.subarray(0, at + length), bytes.subarray(at)]
            : [bytes.subarray(0, at), bytes.subarray(at + length)],
        );
        const answer = await decodeSurface(out).catch((error: { code?: string }) => error.code);
        expect(typeof answer === 'object' || answer === 'CORRUPT_FILE').toBe(true);
      }),
      { numRuns: 300 },
    );
  }, 30_000);
});
