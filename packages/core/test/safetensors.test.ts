import { decodeTensors, encodeTensors, isSegscapeError, type SegscapeError } from '@segscape/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safetensorsFile } from './safetensors-file.js';

const f32 = (start: number, n = 1) => ({ dtype: 'F32', shape: [n], data_offsets: [start, start + 4 * n] });

const readOne = (dtype: string, values: ArrayBufferView, n: number) => {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  // Behind one byte more, so that no value stands aligned in the file.
  const head = { pad: { dtype: 'U8', shape: [1], data_offsets: [0, 1] } };
  const body = new Uint8Array([7, ...bytes]);
  const file = safetensorsFile({ ...head, x: { dtype, shape: [n], data_offsets: [1, body.length] } }, body);
  const { tensors, passedOver } = decodeTensors(file);
  return { ...(tensors.x && { dtype: tensors.x.dtype, values: [...tensors.x.data] }), why: passedOver.x };
};

describe('every type of the format', () => {
  test.each([
    ['F32', new Float32Array([1.5, -2]), 'float32', [1.5, -2]],
    ['F64', new Float64Array([0.1, 1e300]), 'float32', [Math.fround(0.1), Number.POSITIVE_INFINITY]],
    // 1, −2, the smallest subnormal, the largest number, infinity, NaN
    [
      'F16',
      new Uint16Array([0x3c00, 0xc000, 1, 0x7bff, 0x7c00, 0x7e00]),
      'float32',
      [1, -2, 2 ** -24, 65504, Number.POSITIVE_INFINITY, Number.NaN],
    ],
    [
      'BF16',
      new Uint16Array([0x3f80, 0xc000, 0x7f80, 0x4049]),
      'float32',
      [1, -2, Number.POSITIVE_INFINITY, 3.140625],
    ],
    // As the format's types are tabulated by Micikevicius et al., FP8 formats for deep learning, 2022.
    ['F8_E4M3', new Uint8Array([0x38, 0x7e, 0x01, 0x7f, 0xc0]), 'float32', [1, 448, 2 ** -9, Number.NaN, -2]],
    [
      'F8_E5M2',
      new Uint8Array([0x3c, 0x7b, 0x01, 0x7c, 0xfd]),
      'float32',
      [1, 57344, 2 ** -16, Number.POSITIVE_INFINITY, Number.NaN],
    ],
    // With one more in the bias, no −0 and no infinity: Noune et al., 2022, table 1.
    [
      'F8_E4M3FNUZ',
      new Uint8Array([0x40, 0x7f, 0x01, 0x80, 0xff, 0x00]),
      'float32',
      [1, 240, 2 ** -10, Number.NaN, -240, 0],
    ],
    [
      'F8_E5M2FNUZ',
      new Uint8Array([0x40, 0x7f, 0x01, 0x80, 0xc0]),
      'float32',
      [1, 57344, 2 ** -17, Number.NaN, -1],
    ],
    ['F8_E8M0', new Uint8Array([127, 128, 0, 255]), 'float32', [1, 2, 2 ** -127, Number.NaN]],
    ['I32', new Int32Array([-5, 2 ** 31 - 1]), 'int32', [-5, 2 ** 31 - 1]],
    ['I16', new Int16Array([-5, 32767]), 'int32', [-5, 32767]],
    ['U16', new Uint16Array([65535]), 'int32', [65535]],
    ['I8', new Int8Array([-128]), 'int32', [-128]],
    ['U8', new Uint8Array([255]), 'int32', [255]],
    ['I64', new BigInt64Array([-3n, 2n ** 31n - 1n]), 'int32', [-3, 2 ** 31 - 1]],
    ['U64', new BigUint64Array([12n]), 'int32', [12]],
    ['U32', new Uint32Array([12]), 'int32', [12]],
    ['BOOL', new Uint8Array([1, 0]), 'bool', [1, 0]],
  ])('%s', (type, stored, dtype, values) => {
    expect(readOne(type, stored, stored.length)).toEqual({ dtype, values, why: undefined });
  });

  test.each([
    ['I64', new BigInt64Array([2n ** 31n]), 1],
    ['U64', new BigUint64Array([2n ** 64n - 1n]), 1],
    ['U32', new Uint32Array([2 ** 31]), 1],
    ['C64', new Float32Array([1, 2]), 1],
    ['F4', new Uint8Array([0x21]), 2],
  ])('%s that no tensor can hold is passed over with its reason', (type, stored, n) => {
    expect(readOne(type, stored, n)).toEqual({
      why: `${type} values of shape [${n}] that neither float32 nor int32 can hold`,
    });
  });

  test('every half-precision number is that which a float32 holds', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const values = readOne('F16', all, all.length).values!;
    for (let bits = 0; bits < 65536; bits++) {
      const [e, f] = [(bits >> 10) & 31, bits & 1023];
      const size = e === 31 ? (f ? Number.NaN : 1 / 0) : e ? (1024 + f) * 2 ** (e - 25) : f * 2 ** -24;
      if (!Object.is(values[bits], bits >> 15 ? -size : size)) expect(values[bits]).toBe(size);
    }
  });

  test('a Buffer from Node’s pool is read where it stands', () => {
    const bytes = encodeTensors({ a: { dtype: 'float32', shape: [2], data: new Float32Array([1, 2]) } });
    const pool = Buffer.alloc(bytes.length + 64, 0xff);
    pool.set(bytes, 24);
    const { tensors } = decodeTensors(pool.subarray(24, 24 + bytes.length));
    expect(tensors.a!.data).toEqual(new Float32Array([1, 2]));
  });
});

describe('what the format refuses', () => {
  const three = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`t${i}`, f32(0)]));
  test.each<[string, Uint8Array, string]>([
    ['a list', safetensorsFile('[]'), 'the header is not a JSON object'],
    ['a number', safetensorsFile('1'), 'the header is not a JSON object'],
    ['null', safetensorsFile('null'), 'the header is not a JSON object'],
    ['text that is no JSON', safetensorsFile('{"a":'), 'the header is not JSON'],
    ['bytes that are no UTF-8', new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0, 0xff]), 'the header is not JSON'],
    ['an entry null', safetensorsFile('{"a":null}'), "the entry of 'a' is not a JSON object"],
    [
      'a name twice',
      safetensorsFile(`{"a":${JSON.stringify(f32(0))},"a":${JSON.stringify(f32(0))}}`, new Uint8Array(4)),
      "the header names 'a' twice",
    ],
    [
      'a name twice, once escaped',
      safetensorsFile(
        `{"a":${JSON.stringify(f32(0))},"\\u0061":${JSON.stringify(f32(0))}}`,
        new Uint8Array(4),
      ),
      "the header names 'a' twice",
    ],
    [
      'a field twice',
      safetensorsFile(
        '{"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}',
        new Uint8Array(4),
      ),
      "the header names 'shape' twice",
    ],
    [
      'overlapping tensors',
      safetensorsFile(three),
      "'t1' begins at byte 0, where what comes before it ends at 4",
    ],
    [
      'a hole',
      safetensorsFile({ a: f32(0), b: f32(8) }),
      "'b' begins at byte 8, where what comes before it ends at 4",
    ],
    [
      'a late start',
      safetensorsFile({ a: f32(4) }),
      "'a' begins at byte 4, where what comes before it ends at 0",
    ],
    [
      'bytes left over',
      safetensorsFile({ a: f32(0) }, new Uint8Array(5)),
      'the tensors end at byte 4, the file at 5',
    ],
    ['missing bytes', safetensorsFile({ a: f32(0) }, new Uint8Array(3)), "'a' ends at byte 4, the file at 3"],
    [
      'negative offsets',
      safetensorsFile({ a: { dtype: 'F32', shape: [1], data_offsets: [-4, 0] } }),
      "'a' has the offsets [-4,0]; expected [start, end] in bytes",
    ],
    [
      'no offsets',
      safetensorsFile({ a: { dtype: 'F32', shape: [1] } }),
      "'a' has the offsets undefined; expected [start, end] in bytes",
    ],
    [
      'a shape that is none',
      safetensorsFile({ a: { dtype: 'F32', shape: [1.5], data_offsets: [0, 6] } }),
      "'a' has the shape [1.5]; expected a list of sizes",
    ],
    [
      'a shape of another size',
      safetensorsFile({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }),
      "'a' of shape [2] needs 8 bytes, the header gives 4",
    ],
    [
      'metadata that are no texts',
      safetensorsFile({ __metadata__: { a: 1 } }),
      'the metadata are not texts by name',
    ],
    [
      'a header of 2⁶³ bytes',
      new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0x80, 0x7b, 0x7d]),
      'the header claims 9223372036854776000 bytes, more than the 100000000 that are allowed',
    ],
  ])('%s', (_, file, why) => {
    try {
      decodeTensors(file);
      expect.unreachable();
    } catch (error) {
      expect((error as SegscapeError).code).toBe('CORRUPT_CHECKPOINT');
      expect((error as SegscapeError).message).toBe(
        `safetensors: ${why}. The file is damaged or of another format; use an earlier checkpoint.`,
      );
    }
  });

  test.each(['constructor', '__proto__', 'toString', 'F33'])('the type %s', (dtype) => {
    expect(() => decodeTensors(safetensorsFile({ a: { dtype, shape: [1], data_offsets: [0, 4] } }))).toThrow(
      `safetensors: 'a' has type ${dtype}; expected F32, F64, F16, BF16,`,
    );
  });

  test('names of Object’s own are names like any other', () => {
    const json = `{"__proto__":${JSON.stringify(f32(0))},"constructor":${JSON.stringify(f32(4))}}`;
    const { tensors, metadata } = decodeTensors(safetensorsFile(json, new Uint8Array(8)));
    expect(Object.keys(tensors)).toEqual(['__proto__', 'constructor']);
    expect(metadata).toEqual({});
    expect(({} as Record<string, unknown>).dtype).toBeUndefined();
  });
});

test('whatever the header says, the answer is tensors or CORRUPT_CHECKPOINT', () => {
  const number = fc.oneof(fc.integer({ min: -2, max: 12 }), fc.double(), fc.constant(2 ** 40));
  const entry = fc.record(
    {
      dtype: fc.constantFrom('F32', 'U8', 'F4', 'C64', 'constructor', 5, null),
      shape: fc.oneof(fc.array(number, { maxLength: 3 }), fc.jsonValue()),
      data_offsets: fc.oneof(fc.array(number, { maxLength: 3 }), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  const header = fc.oneof(fc.dictionary(fc.string(), fc.oneof(entry, fc.jsonValue())), fc.jsonValue());
  fc.assert(
    fc.property(header, fc.uint8Array({ maxLength: 16 }), (given, values) => {
      try {
        decodeTensors(safetensorsFile(JSON.stringify(given), values));
      } catch (error) {
        return isSegscapeError(error, 'CORRUPT_CHECKPOINT');
      }
      return true;
    }),
    { numRuns: 2000 },
  );
});

test('every truncation and every flipped bit of the header is named or harmless', () => {
  const data = Float32Array.from({ length: 6 }, (_, i) => i);
  const bytes = encodeTensors({ a: { dtype: 'float32', shape: [2, 3], data } });
  for (let length = 0; length < bytes.length; length++)
    expect(() => decodeTensors(bytes.slice(0, length)), String(length)).toThrow('safetensors: ');
  const end = bytes.length - data.byteLength;
  for (let bit = 0; bit < 8 * end; bit++) {
    const damaged = bytes.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    try {
      expect(Object.values(decodeTensors(damaged).tensors)[0]?.data.byteLength).toBe(data.byteLength);
    } catch (error) {
      expect(isSegscapeError(error, 'CORRUPT_CHECKPOINT'), String(error)).toBe(true);
    }
  }
});
