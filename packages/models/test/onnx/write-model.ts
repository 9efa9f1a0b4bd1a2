import { BinaryWriter } from '@bufbuild/protobuf/wire';

/** A node as its test writes it; a list is of integers unless one is not. */
export interface WrittenNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output?: string;
  readonly outputs?: readonly string[];
  readonly attributes?: Readonly<
    Record<
      string,
      number | string | readonly number[] | { readonly float: number } | { readonly typeAlone: number }
    >
  >;
}

export interface WrittenTensor {
  readonly shape: readonly number[];
  readonly values: readonly number[];
  /** int64; else float32. */
  readonly integer?: boolean;
  /** Another `TensorProto.DataType`, with its values as bytes. */
  readonly stored?: { readonly type: number; readonly bytes: Uint8Array };
}

export interface WrittenModel {
  readonly opset?: number;
  readonly input?: readonly (number | string)[];
  readonly nodes: readonly WrittenNode[];
  readonly initializers?: Readonly<Record<string, WrittenTensor>>;
  readonly output?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

const message = (writer: BinaryWriter, field: number, write: (writer: BinaryWriter) => void) => {
  writer.tag(field, 2).fork();
  write(writer);
  writer.join();
};
const text = (writer: BinaryWriter, field: number, value: string) => writer.tag(field, 2).string(value);

const node = (
  writer: BinaryWriter,
  { op, inputs, output, outputs = [output!], attributes = {} }: WrittenNode,
) => {
  for (const name of inputs) text(writer, 1, name);
  for (const name of outputs) text(writer, 2, name);
  text(writer, 3, `the ${op} of ${outputs[0]}`);
  text(writer, 4, op);
  for (const [name, value] of Object.entries(attributes))
    message(writer, 5, (w) => {
      text(w, 1, name);
      if (typeof value === 'number') w.tag(3, 0).int64(value).tag(20, 0).int32(2);
      else if (typeof value === 'string')
        w.tag(4, 2).bytes(new TextEncoder().encode(value)).tag(20, 0).int32(3);
      else if ('typeAlone' in value) w.tag(20, 0).int32(value.typeAlone);
      else if ('float' in value) w.tag(2, 5).float(value.float).tag(20, 0).int32(1);
      else {
        for (const entry of value) w.tag(8, 0).int64(entry);
        w.tag(20, 0).int32(7);
      }
    });
};

const tensor = (
  writer: BinaryWriter,
  name: string,
  { shape, values, integer = false, stored }: WrittenTensor,
) => {
  for (const length of shape) writer.tag(1, 0).int64(length);
  writer.tag(2, 0).int32(stored?.type ?? (integer ? 7 : 1));
  text(writer, 8, name);
  const bytes = integer ? BigInt64Array.from(values, BigInt) : Float32Array.from(values);
  writer.tag(9, 2).bytes(stored?.bytes ?? new Uint8Array(bytes.buffer));
};

const port = (writer: BinaryWriter, name: string, shape?: readonly (number | string)[]) => {
  text(writer, 1, name);
  message(writer, 2, (type) =>
    message(type, 1, (of) => {
      of.tag(1, 0).int32(1);
      if (shape)
        message(of, 2, (dims) => {
          for (const length of shape)
            message(dims, 1, (dim) => {
              if (typeof length === 'number') dim.tag(1, 0).int64(length);
              else text(dim, 2, length);
            });
        });
    }),
  );
};

/** Bytes of a model with the input `x`, of images `[batch, channels, height, width]` unless it is said otherwise. */
export function writeModel({
  opset = 17,
  input = ['n', 3, 'h', 'w'],
  nodes,
  initializers = {},
  output = 'y',
  metadata = {},
}: WrittenModel): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, 0).int64(8);
  message(writer, 7, (graph) => {
    for (const each of nodes) message(graph, 1, (w) => node(w, each));
    text(graph, 2, 'test');
    for (const [name, value] of Object.entries(initializers))
      message(graph, 5, (w) => tensor(w, name, value));
    message(graph, 11, (w) => port(w, 'x', input));
    message(graph, 12, (w) => port(w, output));
  });
  message(writer, 8, (w) => {
    text(w, 1, '');
    w.tag(2, 0).int64(opset);
  });
  for (const [key, value] of Object.entries(metadata))
    message(writer, 14, (w) => {
      text(w, 1, key);
      text(w, 2, value);
    });
  return writer.finish();
}
