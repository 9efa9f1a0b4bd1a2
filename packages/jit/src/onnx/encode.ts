import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { Attribute, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from './model.js';
import { elementTypes } from './types.js';

// Numbers of fields and enums are those of onnx.proto, IR version 8.
const irVersion = 8;
const opset = 17;
/** `AttributeProto.AttributeType`. */
const attributeTypes = { float: 1, int: 2, string: 3, ints: 7 } as const;
const wire = { varint: 0, bytes: 2, fixed32: 5 } as const;

type Write = (writer: BinaryWriter) => void;

function message(writer: BinaryWriter, field: number, write: Write): void {
  writer.tag(field, wire.bytes).fork();
  write(writer);
  writer.join();
}
const text = (writer: BinaryWriter, field: number, value: string) =>
  writer.tag(field, wire.bytes).string(value);
const integer = (writer: BinaryWriter, field: number, value: number) =>
  writer.tag(field, wire.varint).int64(value);

function tensor(writer: BinaryWriter, { name, type, dims, bytes }: OnnxTensor): void {
  for (const size of dims) integer(writer, 1, size);
  integer(writer, 2, elementTypes[type]);
  text(writer, 8, name);
  writer.tag(9, wire.bytes).bytes(bytes);
}

function attribute(writer: BinaryWriter, name: string, value: Attribute): void {
  text(writer, 1, name);
  if (typeof value === 'number') {
    integer(writer, 3, value);
    integer(writer, 20, attributeTypes.int);
  } else if (typeof value === 'string') {
    writer.tag(4, wire.bytes).bytes(new TextEncoder().encode(value));
    integer(writer, 20, attributeTypes.string);
  } else if ('float' in value) {
    writer.tag(2, wire.fixed32).float(value.float);
    integer(writer, 20, attributeTypes.float);
  } else {
    for (const entry of value) integer(writer, 8, entry);
    integer(writer, 20, attributeTypes.ints);
  }
}

/** What ONNX Runtime calls a node of a graph in its messages. */
export const nodeName = (op: string, index: number) => `${op}_${index}`;

function node(
  writer: BinaryWriter,
  { op, domain, inputs, outputs, attributes }: OnnxNode,
  index: number,
): void {
  for (const name of inputs) text(writer, 1, name);
  for (const name of outputs) text(writer, 2, name);
  text(writer, 3, nodeName(op, index));
  text(writer, 4, op);
  for (const [name, value] of Object.entries(attributes))
    message(writer, 5, (w) => attribute(w, name, value));
  if (domain !== '') text(writer, 7, domain);
}

function value(writer: BinaryWriter, { name, type, dims }: OnnxValue): void {
  const dimension = (w: BinaryWriter, size: number | string) =>
    message(w, 1, (d) => (typeof size === 'number' ? integer(d, 1, size) : text(d, 2, size)));
  text(writer, 1, name);
  if (type === undefined) return;
  message(writer, 2, (t) =>
    message(t, 1, (tensorType) => {
      integer(tensorType, 1, elementTypes[type]);
      if (dims !== undefined)
        message(tensorType, 2, (shape) => dims.forEach((size) => void dimension(shape, size)));
    }),
  );
}

/** The model as a protobuf file that every ONNX tool reads. */
export function encodeModel({
  name,
  nodes,
  initializers,
  inputs,
  outputs,
  metadata = {},
}: OnnxModel): Uint8Array {
  const writer = new BinaryWriter();
  integer(writer, 1, irVersion);
  text(writer, 2, 'segscape');
  message(writer, 7, (graph) => {
    nodes.forEach((entry, index) => void message(graph, 1, (w) => node(w, entry, index)));
    text(graph, 2, name);
    for (const entry of initializers) message(graph, 5, (w) => tensor(w, entry));
    for (const entry of inputs) message(graph, 11, (w) => value(w, entry));
    for (const entry of outputs) message(graph, 12, (w) => value(w, entry));
  });
  const domains = new Set(['', ...nodes.map((entry) => entry.domain)]);
  for (const domain of domains)
    message(writer, 8, (w) => {
      text(w, 1, domain);
      integer(w, 2, domain === '' ? opset : 1);
    });
  for (const [key, entry] of Object.entries(metadata))
    message(writer, 14, (w) => {
      text(w, 1, key);
      text(w, 2, entry);
    });
  return writer.finish();
}
