import { decodeParams, decodeTensors, encodeParams, encodeTensors, type SegscapeError } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import { dispose, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

describe('safetensors', () => {
  const params = {
    'encoder.0.kernel': tensor(
      [
        [1, 2.5],
        [Number.NaN, -0],
      ],
      [2, 2],
    ),
    step: tensor(3, [], 'int32'),
    mask: tensor([1, 0, 1], [3], 'bool'),
  };

  test('gives back names, order, shapes, types and bits', async () => {
    const back = await expectTensors(3, () => decodeParams(encodeParams(params)));
    expect(Object.keys(back)).toEqual(Object.keys(params));
    for (const [name, value] of Object.entries(params)) {
      expect(back[name]!.dtype).toBe(value.dtype);
      expect(back[name]).toBeAllclose(value, { abs: 0, rel: 0 });
    }
    dispose(back);
  });

  test('keeps metadata', () => {
    const bytes = encodeTensors(
      { a: { dtype: 'float32', shape: [1], data: new Float32Array(1) } },
      { epoch: '3' },
    );
    expect(decodeTensors(bytes).metadata).toEqual({ epoch: '3' });
  });

  test('every truncation is named, none is used', () => {
    const bytes = encodeParams(params);
    for (let length = 0; length < bytes.length; length += 7) {
      try {
        decodeParams(bytes.slice(0, length));
        expect.unreachable();
      } catch (error) {
        expect((error as SegscapeError).code).toBe('CORRUPT_CHECKPOINT');
      }
    }
  });
});
