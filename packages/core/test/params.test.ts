import {
  decodeTensors,
  encodeTensors,
  decodeParams as formerDecode,
  encodeParams as formerEncode,
  readParams as formerRead,
  toParams as formerTo,
} from '@segscape/core';
import { decodeParams, encodeParams, readParams, toParams } from '@segscape/core/params';
import { expectTensors } from '@segscape/testing';
import { dispose, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { safetensorsFile } from './safetensors-file.js';

describe('parameters as safetensors', () => {
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

  test('give back names, order, shapes, types and bits', async () => {
    const back = await expectTensors(3, () => decodeParams(encodeParams(params)));
    expect(Object.keys(back)).toEqual(Object.keys(params));
    for (const [name, value] of Object.entries(params)) {
      expect(back[name]!.dtype).toBe(value.dtype);
      expect(back[name]).toBeAllclose(value, { abs: 0, rel: 0 });
    }
    dispose(back);
  });

  test('a tensor may be called __proto__', async () => {
    const odd = Object.fromEntries([['__proto__', params.step]]);
    const back = decodeParams(encodeParams(odd));
    expect(Object.keys(back)).toEqual(['__proto__']);
    expect(Object.keys(toParams(await readParams(odd)))).toEqual(['__proto__']);
    dispose(Object.values(back));
  });

  test('keep metadata', () => {
    const bytes = encodeTensors(
      { a: { dtype: 'float32', shape: [1], data: new Float32Array(1) } },
      { epoch: '3' },
    );
    expect(decodeTensors(bytes).metadata).toEqual({ epoch: '3' });
  });

  test('of a type that TensorFlow.js lacks are left out and told of', () => {
    const told: string[] = [];
    const file = safetensorsFile({
      wave: { dtype: 'C64', shape: [1], data_offsets: [0, 8] },
      step: { dtype: 'I32', shape: [], data_offsets: [8, 12] },
    });
    const back = decodeParams(file, { onPassedOver: (name, why) => told.push(`${name}: ${why}`) });
    expect(Object.keys(back)).toEqual(['step']);
    expect(told).toEqual(['wave: C64 values of shape [1] that neither float32 nor int32 can hold']);
    dispose(back);
  });

  test.each(
    Object.entries({
      encodeParams: formerEncode,
      decodeParams: formerDecode,
      readParams: formerRead,
      toParams: formerTo,
    }),
  )('the old name %s says where it went', (name, former) =>
    expect(() => former({})).toThrow(
      `${name}: moved to '@segscape/core/params', so that '@segscape/core' needs no TensorFlow.js. Import it from there: import { ${name} } from '@segscape/core/params'.`,
    ),
  );
});
