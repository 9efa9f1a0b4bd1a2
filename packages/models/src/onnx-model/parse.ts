import { BinaryReader } from '@bufbuild/protobuf/wire';
import { isSegscapeError } from '@segscape/core';
import { damaged, unsupported } from './faults.js';

// Numbers of fields are those of onnx.proto3, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3.

/** Numbers on the host. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  /** Of an integer or boolean type. */
  readonly integer: boolean;
}

export type AttributeValue = number | string | readonly number[] | Numbers;

export interface OnnxNode {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export interface OnnxPort {
  readonly name: string;
  /** A name where a length is free; undefined where nothing is said of the shape. */
  readonly shape: readonly (number | string)[] | undefined;
}

export interface OnnxGraph {
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, Numbers>;
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  readonly metadata: Readonly<Record<string, string>>;
}

type Fields = Readonly<Record<number, (reader: BinaryReader, wire: number) => void>>;

/** Reads the fields of a message that are of interest. */
function fields(reader: BinaryReader, end: number, known: Fields): void {
  while (reader.pos < end) {
    const [field, wire] = reader.tag();
    const read = known[field];
    if (read) read(reader, wire);
    else reader.skip(wire, field);
  }
  if (reader.pos !== end) throw damaged('a message is longer than it says');
}

function message(reader: BinaryReader, known: Fields): void {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw damaged('it ends in the middle of a message');
  fields(reader, end, known);
}

const lengthDelimited = 2;

/** A repeated number, packed into one field or not. */
function repeated(reader: BinaryReader, wire: number, into: number[], one: () => number): void {
  if (wire !== lengthDelimited) {
    into.push(one());
    return;
  }
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw damaged('it ends in the middle of a list');
  while (reader.pos < end) into.push(one());
}

const integer = (reader: BinaryReader) => () => Number(reader.int64());

/** `TensorProto.DataType` of what can be read. */
const types: Readonly<Record<number, { readonly bytes: number; readonly integer: boolean }>> = {
  1: { bytes: 4, integer: false },
  2: { bytes: 1, integer: true },
  3: { bytes: 1, integer: true },
  6: { bytes: 4, integer: true },
  7: { bytes: 8, integer: true },
  9: { bytes: 1, integer: true },
  10: { bytes: 2, integer: false },
  11: { bytes: 8, integer: false },
};

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
    6: (at) => view.getInt32(at, true),
    7: (at) => Number(view.getBigInt64(at, true)),
    9: (at) => view.getUint8(at),
    10: (at) => halfToNumber(view.getUint16(at, true)),
    11: (at) => view.getFloat64(at, true),
  };
  const values = types[type]!.integer ? new Float64Array(count) : new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = read[type]!(i * bytes);
  return values;
}

function tensor(reader: BinaryReader): { name: string; numbers: Numbers } {
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
  // float16 comes as its bits in int32_data.
  const half = type === 10 ? listed.map(halfToNumber) : listed;
  const values = raw ? rawNumbers(raw, type, count) : half;
  if (values.length !== count)
    throw damaged(`'${name}', shaped [${shape.join(', ')}], has ${values.length} values`);
  return { name, numbers: { shape, values, integer: known.integer } };
}

function attribute(reader: BinaryReader, into: Record<string, AttributeValue>): void {
  let name = '';
  let value: AttributeValue | undefined;
  const list: number[] = [];
  let graph = false;
  message(reader, {
    1: (r) => {
      name = r.string();
    },
    2: (r) => {
      value = r.float();
    },
    3: (r) => {
      value = integer(r)();
    },
    4: (r) => {
      value = new TextDecoder().decode(r.bytes());
    },
    5: (r) => {
      value = tensor(r).numbers;
    },
    6: (r) => {
      graph = true;
      r.bytes();
    },
    7: (r, wire) => repeated(r, wire, list, () => r.float()),
    8: (r, wire) => repeated(r, wire, list, integer(r)),
  });
  if (!graph) into[name] = value ?? list;
}

function node(reader: BinaryReader): OnnxNode & { readonly domain: string } {
  const [inputs, outputs]: [string[], string[]] = [[], []];
  const attributes = Object.create(null) as Record<string, AttributeValue>;
  let [name, op, domain] = ['', '', ''];
  message(reader, {
    1: (r) => inputs.push(r.string()),
    2: (r) => outputs.push(r.string()),
    3: (r) => {
      name = r.string();
    },
    4: (r) => {
      op = r.string();
    },
    5: (r) => attribute(r, attributes),
    7: (r) => {
      domain = r.string();
    },
  });
  return {
    op: domain === '' || domain === 'ai.onnx' ? op : `${domain}.${op}`,
    name,
    inputs,
    outputs,
    attributes,
    domain,
  };
}

function port(reader: BinaryReader): OnnxPort {
  let name = '';
  let shape: (number | string)[] | undefined;
  message(reader, {
    1: (r) => {
      name = r.string();
    },
    2: (r) =>
      message(r, {
        1: (type) =>
          message(type, {
            2: (dims) => {
              const lengths: (number | string)[] = [];
              message(dims, {
                1: (dim) => {
                  let length: number | string = '?';
                  message(dim, {
                    1: (d) => {
                      length = integer(d)();
                    },
                    2: (d) => {
                      length = d.string();
                    },
                  });
                  lengths.push(length);
                },
              });
              shape = lengths;
            },
          }),
      }),
  });
  return { name, shape };
}

/**
 * Reads a model file's graph.
 * @throws {SegscapeError} `CORRUPT_CHECKPOINT` for bytes that are no model; `UNSUPPORTED_FORMAT` for values elsewhere or of
 *   a type that is not read.
 */
export function parseOnnx(bytes: Uint8Array): OnnxGraph {
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, Numbers>();
  const [inputs, outputs]: [OnnxPort[], OnnxPort[]] = [[], []];
  const metadata = Object.create(null) as Record<string, string>;
  let opset = 0;
  let graphs = 0;
  const entry = (r: BinaryReader) => {
    let [key, value] = ['', ''];
    message(r, {
      1: (e) => {
        key = e.string();
      },
      2: (e) => {
        value = e.string();
      },
    });
    metadata[key] = value;
  };
  try {
    const reader = new BinaryReader(bytes);
    fields(reader, reader.len, {
      7: (r) => {
        graphs++;
        message(r, {
          1: (g) => nodes.push(node(g)),
          5: (g) => {
            const { name, numbers } = tensor(g);
            initializers.set(name, numbers);
          },
          11: (g) => inputs.push(port(g)),
          12: (g) => outputs.push(port(g)),
        });
      },
      8: (r) => {
        let [domain, version] = ['', 0];
        message(r, {
          1: (o) => {
            domain = o.string();
          },
          2: (o) => {
            version = integer(o)();
          },
        });
        if (domain === '' || domain === 'ai.onnx') opset = version;
      },
      14: entry,
    });
  } catch (cause) {
    if (isSegscapeError(cause)) throw cause;
    throw damaged('its bytes are no protocol buffer', cause);
  }
  if (graphs !== 1 || nodes.length === 0 || outputs.length === 0) throw damaged('there is no graph in it');
  return {
    opset,
    nodes,
    initializers,
    // Old exporters list initialisers among the inputs.
    inputs: inputs.filter(({ name }) => !initializers.has(name)),
    outputs,
    metadata,
  };
}
