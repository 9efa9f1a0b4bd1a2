import { BinaryReader } from '@bufbuild/protobuf/wire';
import { isSegscapeError } from '@segscape/core';
import { damaged, unsupported } from './faults.js';
import { type Numbers, tensor } from './stored-numbers.js';
import { fields, integer, message, repeated } from './wire.js';

// Numbers of fields are those of onnx.proto3, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3.

type AttributeValue = number | string | readonly number[] | Numbers;

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

/** Values by `AttributeProto.AttributeType` that writers of proto3 leave out: a number 0 and a text without letters. */
const unwritten: Readonly<Record<number, AttributeValue>> = { 1: 0, 2: 0, 3: '' };

function attribute(reader: BinaryReader, into: Record<string, AttributeValue>): void {
  let name = '';
  let value: AttributeValue | undefined;
  const list: number[] = [];
  let [type, graph] = [0, false];
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
    20: (r) => {
      type = r.int32();
    },
  });
  if (!graph) into[name] = value ?? unwritten[type] ?? list;
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
          15: () => {
            throw unsupported('it has sparse initialisers', 'Export the model with dense ones.');
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
