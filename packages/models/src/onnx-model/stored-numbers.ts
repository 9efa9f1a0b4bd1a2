import type { BinaryReader } from '@bufbuild/protobuf/wire';
import { damaged, unsupported } from './faults.js';
import { integer, message, repeated } from './wire.js';

/** Numbers on the host. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  /** Of an integer or boolean type. */
  readonly integer: boolean;
}

/** `TensorProto.DataType` of what can be read. */
const types: Readonly<Record<number, { readonly bytes: number; readonly integer: boolean }>> = {
  1: { bytes: 4, integer: false },
  2: { bytes: 1, integer: true },
  3: { bytes: 1, integer: true },
  4: { bytes: 2, integer: true },
  5: { bytes: 2, integer: true },
  6: { bytes: 4, integer: true },
  7: { bytes: 8, integer: true },
  9: { bytes: 1, integer: true },
  10: { bytes: 2, integer: false },
  11: { bytes: 8, integer: false },
  12: { bytes: 4, integer: true },
  13: { bytes: 8, integer: true },
  16: { bytes: 2, integer: false },
};

/** bfloat16 is the first half of a float32. */
function brainToNumber(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, bits);
  return view.getFloat32(0);
}

function halfToNumber(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function rawNumbers(raw: Uint8Array, type: number, count: number): ArrayLike<number> {
  const { bytes } = types[type]!;
  if (raw.byteLength !== bytes * count)
    throw damaged(`a tensor of ${count} values has ${raw.byteLength} bytes instead of ${bytes * count}`);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const read: Record<number, (at: number) => number> = {
    1: (at) => view.getFloat32(at, true),
    2: (at) => view.getUint8(at),
    3: (at) => view.getInt8(at),
    4: (at) => view.getUint16(at, true),
    5: (at) => view.getInt16(at, true),
    6: (at) => view.getInt32(at, true),
    7: (at) => Number(view.getBigInt64(at, true)),
    9: (at) => view.getUint8(at),
    10: (at) => halfToNumber(view.getUint16(at, true)),
    11: (at) => view.getFloat64(at, true),
    12: (at) => view.getUint32(at, true),
    13: (at) => Number(view.getBigUint64(at, true)),
    16: (at) => brainToNumber(view.getUint16(at, true)),
  };
  const values = types[type]!.integer ? new Float64Array(count) : new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = read[type]!(i * bytes);
  return values;
}

/**
 * Reads a `TensorProto`.
 * @throws {SegscapeError} `UNSUPPORTED_FORMAT` for values elsewhere or of a type that is not read; `CORRUPT_CHECKPOINT` where values
 *   and shape do not fit.
 */
export function tensor(reader: BinaryReader): { name: string; numbers: Numbers } {
  const shape: number[] = [];
  const listed: number[] = [];
  let [type, name, external] = [1, '', false];
  let raw: Uint8Array | undefined;
  message(reader, {
    1: (r, wire) => repeated(r, wire, shape, integer(r)),
    2: (r) => {
      type = r.int32();
    },
    4: (r, wire) => repeated(r, wire, listed, () => r.float()),
    5: (r, wire) => repeated(r, wire, listed, () => r.int32()),
    7: (r, wire) => repeated(r, wire, listed, integer(r)),
    8: (r) => {
      name = r.string();
    },
    9: (r) => {
      raw = r.bytes();
    },
    10: (r, wire) => repeated(r, wire, listed, () => r.double()),
    11: (r, wire) => repeated(r, wire, listed, () => Number(r.uint64())),
    13: (r) => {
      external = true;
      r.bytes();
    },
  });
  if (external)
    throw unsupported(
      `the values of '${name}' lie in a file of their own`,
      'Save the model in one file: onnx.save(model, path, save_as_external_data=False).',
      { name },
    );
  const known = types[type];
  if (known === undefined)
    throw unsupported(
      `'${name}' is of data type ${type}, which is not read`,
      'Export the model in float32.',
      { name, type },
    );
  const count = shape.reduce((product, length) => product * length, 1);
  if (!shape.every((length) => length >= 0) || count > 2 ** 30)
    throw damaged(`'${name}' says that it is shaped [${shape.join(', ')}]`);
  // float16 and bfloat16 come as their bits in int32_data.
  const ofBits = { 10: halfToNumber, 16: brainToNumber }[type];
  const values = raw ? rawNumbers(raw, type, count) : ofBits ? listed.map(ofBits) : listed;
  if (values.length !== count)
    throw damaged(`'${name}', shaped [${shape.join(', ')}], has ${values.length} values`);
  return { name, numbers: { shape, values, integer: known.integer } };
}
