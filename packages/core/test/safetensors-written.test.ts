import { decodeTensors, encodeTensors } from '@segscape/core';
import { describe, expect, test } from 'vitest';
import { safetensorsFile } from './safetensors-file.js';

describe('what is written', () => {
  const ones = (n: number) => ({ dtype: 'float32' as const, shape: [n], data: new Float32Array(n).fill(1) });
  const flags = { dtype: 'bool' as const, shape: [3], data: new Uint8Array([1, 0, 1]) };
  const headerOf = (bytes: Uint8Array) =>
    new TextDecoder().decode(bytes.subarray(8, 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true))));

  test('is byte for byte what the format’s own code writes', () => {
    const i32 = encodeTensors({
      test: { dtype: 'int32', shape: [2, 2], data: new Int32Array([0, 0, 0, 1]) },
    });
    const json = '{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}    ';
    expect(i32).toEqual(
      new Uint8Array([64, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from(json), ...Array(12).fill(0), 1, 0, 0, 0]),
    );
    expect([...encodeTensors({})]).toEqual([8, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from('{}      ')]);
    expect(headerOf(encodeTensors({}, { framework: 'pt' }))).toBe('{"__metadata__":{"framework":"pt"}}     ');
  });

  test('has wide values before narrow ones, each at a multiple of its width, in whatever order they come', () => {
    const bytes = encodeTensors({ flags, a: ones(2), more: flags, b: ones(1) });
    expect(headerOf(bytes).trimEnd()).toBe(
      '{"flags":{"dtype":"BOOL","shape":[3],"data_offsets":[12,15]},' +
        '"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},' +
        '"more":{"dtype":"BOOL","shape":[3],"data_offsets":[15,18]},' +
        '"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}',
    );
    const { tensors } = decodeTensors(bytes);
    expect(Object.keys(tensors)).toEqual(['flags', 'a', 'more', 'b']);
    expect(tensors).toEqual({ flags, a: ones(2), more: flags, b: ones(1) });
  });

  test('is refused where data and shape differ, and for the one name that is kept', () => {
    expect(() => encodeTensors({ a: { ...ones(3), shape: [2] } })).toThrow(
      "encodeTensors: 'a' of shape [2] needs 8 bytes, got 12.",
    );
    expect(() => encodeTensors({ __metadata__: ones(1) })).toThrow(
      "encodeTensors: '__metadata__' must be float32, int32 or bool, and not __metadata__.",
    );
  });

  test('is refused where the types are none that the format and tensors share', () => {
    const half = { dtype: 'float16' as 'float32', shape: [1], data: new Float32Array(1) };
    expect(() => encodeTensors({ half })).toThrow(
      "encodeTensors: 'half' must be float32, int32 or bool, and not __metadata__.",
    );
    expect(() => encodeTensors({}, { epoch: 3 as unknown as string })).toThrow(
      'encodeTensors: the metadata are not texts by name.',
    );
  });

  test('is read from an ArrayBuffer, too', () => {
    const { buffer } = encodeTensors({ a: ones(1) });
    expect(decodeTensors(buffer as ArrayBuffer).tensors).toEqual({ a: ones(1) });
  });

  test('nothing where metadata are null', () => {
    expect(decodeTensors(safetensorsFile('{"__metadata__":null}')).metadata).toEqual({});
  });

  test('may have any number of axes, none and sizes of 0', () => {
    for (const shape of [[], [0], [2, 0, 3], [1, 2, 1, 2, 1, 1, 1, 2]]) {
      const n = shape.reduce((a, b) => a * b, 1);
      const tensors = { x: { ...ones(n), shape } };
      expect(decodeTensors(encodeTensors(tensors)).tensors).toEqual(tensors);
    }
  });
});
