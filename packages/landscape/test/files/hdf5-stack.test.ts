import h5 from 'h5wasm';
import { beforeAll, describe, expect, test } from 'vitest';
import { type StackKeeper, withStack } from '../../src/files/hdf5-stack.js';
import { decodeSurface, encodeSurface } from '../../src/files/hdf5-surface.js';

describe('the stack of the HDF5 library', () => {
  let module: StackKeeper;
  beforeAll(async () => {
    module = (await h5.ready) as unknown as StackKeeper;
  });

  /** Where a text among the arguments of a call comes to lie: on top of the stack. */
  const top = () => {
    let at: unknown;
    module._probe = (pointer: unknown) => {
      at = pointer;
    };
    module.ccall('probe', null, ['string'], ['x']);
    return at;
  };

  test('is where it was after each damaged file, so that any number of them can be told of', async () => {
    const x = Float64Array.of(-1, 0, 1);
    const bytes = await encodeSurface({ x, y: x, values: { dice: new Float32Array(9) }, attributes: {} });
    const damaged = bytes.map((byte, i) => (i >= 200 && i < 700 ? byte ^ 0x5a : byte));
    const before = top();
    expect(before).toBeGreaterThan(0);
    for (let k = 0; k < 5; k++)
      await expect(decodeSurface(damaged)).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
    expect(top()).toBe(before);
    expect((await decodeSurface(bytes)).values.dice).toHaveLength(9);
  });

  test('gives what the action gives, and throws what it throws', () => {
    expect(withStack(module, () => 7)).toBe(7);
    expect(withStack(module, () => undefined)).toBeUndefined();
    expect(() =>
      withStack(module, () => {
        throw new TypeError('mine');
      }),
    ).toThrow(new TypeError('mine'));
  });

  test('a library that breaks off is told of in words', () => {
    const broken: StackKeeper = {
      ccall() {
        throw new WebAssembly.RuntimeError('memory access out of bounds');
      },
    };
    expect(() => withStack(broken, () => 7)).toThrow(
      expect.objectContaining({
        code: 'BACKEND_UNAVAILABLE',
        message:
          'hdf5: the HDF5 library broke off (memory access out of bounds). Read the file in a new process or page.',
      }),
    );
  });
});
