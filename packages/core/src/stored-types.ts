import type { PlainTensor } from './plain-tensor.js';

/** How values of one safetensors type become numbers that a tensor can hold. */
interface StoredType {
  readonly bits: number;
  /** From bytes that begin aligned; undefined where tensors have nothing that holds these values. */
  readonly read: (bytes: ArrayBuffer) => Pick<PlainTensor, 'dtype' | 'data'> | undefined;
}

type Numbers = ArrayLike<number> & Iterable<number>;

const floats = (bits: number, read: (bytes: ArrayBuffer) => Float32Array): StoredType => ({
  bits,
  read: (bytes) => ({ dtype: 'float32', data: read(bytes) }),
});

const integers = (bits: number, read: (bytes: ArrayBuffer) => Numbers): StoredType => ({
  bits,
  read: (bytes) => ({ dtype: 'int32', data: Int32Array.from(read(bytes)) }),
});

/** Integers that may be too large for int32; one such value, and the tensor has no form of ours. */
const wide = <V extends number | bigint>(
  bits: number,
  read: (bytes: ArrayBuffer) => ArrayLike<V>,
): StoredType => ({
  bits,
  read(bytes) {
    const values = read(bytes);
    const data = new Int32Array(values.length);
    for (let i = 0; i < values.length; i++) {
      data[i] = Number(values[i]);
      if (data[i] !== Number(values[i])) return undefined;
    }
    return { dtype: 'int32', data };
  },
});

const absent = (bits: number): StoredType => ({ bits, read: () => undefined });

/**
 * A sign, `exponent` bits and `fraction` bits, as IEEE 754 has them. `finite` types use the last exponent for numbers, but for
 * one NaN; `unsigned` ones do so too, with a bias one larger, their NaN where −0 would stand (FNUZ).
 * @see Noune et al., 8-bit numerical formats for deep neural networks, 2022. https://arxiv.org/abs/2206.02915
 */
function small(exponent: number, fraction: number, kind?: 'finite' | 'unsigned'): (stored: number) => number {
  const unsigned = kind === 'unsigned';
  const [top, ones, half] = [(1 << exponent) - 1, (1 << fraction) - 1, 1 << (exponent - 1)];
  const bias = unsigned ? half : half - 1;
  return (stored) => {
    const e = (stored >> fraction) & top;
    const f = stored & ones;
    const negative = (stored >> (exponent + fraction)) & 1;
    const sign = negative ? -1 : 1;
    if (unsigned ? negative && !e && !f : e === top && (kind ? f === ones : f)) return Number.NaN;
    if (e === top && !kind) return sign * Number.POSITIVE_INFINITY;
    if (e === 0) return sign * f * 2 ** (1 - bias - fraction);
    return sign * (1 + f / (ones + 1)) * 2 ** (e - bias);
  };
}

/** bfloat16 is the upper half of a float32. */
const fromUpperHalves = (halves: Uint16Array) =>
  new Float32Array(Uint32Array.from(halves, (half) => (half << 16) >>> 0).buffer);

/**
 * The types of the safetensors format. What is wider than a tensor's own types is rounded (F64) or kept where it
 * fits (I64, U64, U32); complex numbers and types of less than a byte have no form here.
 * @see https://github.com/huggingface/safetensors
 */
export const storedTypes: ReadonlyMap<string, StoredType> = new Map([
  ['F32', floats(32, (bytes) => new Float32Array(bytes))],
  ['F64', floats(64, (bytes) => Float32Array.from(new Float64Array(bytes)))],
  ['F16', floats(16, (bytes) => Float32Array.from(new Uint16Array(bytes), small(5, 10)))],
  ['BF16', floats(16, (bytes) => fromUpperHalves(new Uint16Array(bytes)))],
  ['F8_E5M2', floats(8, (bytes) => Float32Array.from(new Uint8Array(bytes), small(5, 2)))],
  ['F8_E4M3', floats(8, (bytes) => Float32Array.from(new Uint8Array(bytes), small(4, 3, 'finite')))],
  ['F8_E4M3FNUZ', floats(8, (bytes) => Float32Array.from(new Uint8Array(bytes), small(4, 3, 'unsigned')))],
  ['F8_E5M2FNUZ', floats(8, (bytes) => Float32Array.from(new Uint8Array(bytes), small(5, 2, 'unsigned')))],
  [
    'F8_E8M0', // powers of two
    floats(8, (bytes) =>
      Float32Array.from(new Uint8Array(bytes), (e) => (e === 255 ? Number.NaN : 2 ** (e - 127))),
    ),
  ],
  ['I32', integers(32, (bytes) => new Int32Array(bytes))],
  ['I16', integers(16, (bytes) => new Int16Array(bytes))],
  ['U16', integers(16, (bytes) => new Uint16Array(bytes))],
  ['I8', integers(8, (bytes) => new Int8Array(bytes))],
  ['U8', integers(8, (bytes) => new Uint8Array(bytes))],
  ['I64', wide(64, (bytes) => new BigInt64Array(bytes))],
  ['U64', wide(64, (bytes) => new BigUint64Array(bytes))],
  ['U32', wide(32, (bytes) => new Uint32Array(bytes))],
  ['BOOL', { bits: 8, read: (bytes) => ({ dtype: 'bool', data: new Uint8Array(bytes) }) }],
  ['C64', absent(64)],
  ['F4', absent(4)],
  ['F6_E2M3', absent(6)],
  ['F6_E3M2', absent(6)],
]);
