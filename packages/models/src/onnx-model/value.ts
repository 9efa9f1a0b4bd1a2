import { SegscapeError } from '@segscape/core';
import { type Tensor, tensor, transpose } from '@tensorflow/tfjs-core';
import type { OnnxNode } from './parse.js';
import type { Numbers } from './stored-numbers.js';

/**
 * What flows through the graph. A tensor may lie channels last in memory where the graph says channels first: convolutions and
 * their neighbours want it so, and axes are turned only where a node minds.
 */
export type Value =
  | {
      readonly kind: 'tensor';
      readonly tensor: Tensor;
      readonly channelsLast: boolean;
      /** A weight of the file that only convolutions take, kept `[height, width, …]`. */
      readonly isKernel?: boolean;
    }
  /** Shapes, axes and other numbers that decide what is computed; on the host, so that a trace can go on. */
  | ({ readonly kind: 'known' } & Numbers);

export type Known = Extract<Value, { readonly kind: 'known' }>;
type Held = Extract<Value, { readonly kind: 'tensor' }>;

/** What a node is computed with beside its inputs. */
export interface OpContext {
  readonly opset: number;
  readonly training: boolean;
  /** Running statistics by the names of their parameters, where normalisation trains. */
  readonly updates: Record<string, Tensor>;
}

export type Op = (node: OnnxNode, inputs: readonly (Value | undefined)[], context: OpContext) => Value;

export const known = (values: ArrayLike<number>, shape: readonly number[], integer = true): Known => ({
  kind: 'known',
  values,
  shape,
  integer,
});

/** A tensor in the graph's own order of axes. */
export const plain = (value: Tensor): Held => ({ kind: 'tensor', tensor: value, channelsLast: false });
/** A tensor that lies channels last. */
export const last = (value: Tensor): Value => ({ kind: 'tensor', tensor: value, channelsLast: true });

const toLast = (rank: number) => [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
const toFirst = (rank: number) => [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];

/** The value as a tensor in the graph's order of axes. */
export function inOrder(value: Value): Tensor {
  if (value.kind === 'known') {
    const values = Array.from(value.values);
    // Whole numbers stay such where TensorFlow.js can hold them.
    const integer = value.integer && values.every((n) => n === (n | 0));
    return tensor(values, [...value.shape], integer ? 'int32' : 'float32');
  }
  return value.channelsLast ? transpose(value.tensor, toFirst(value.tensor.rank)) : value.tensor;
}

/** The value as a tensor with its second axis last. */
export function channelsLast(value: Value): Tensor {
  if (value.kind === 'tensor' && value.channelsLast) return value.tensor;
  const first = inOrder(value);
  return transpose(first, toLast(first.rank));
}

/** Shape in the graph's order of axes. */
export function shapeOf(value: Value): readonly number[] {
  if (value.kind === 'known') return value.shape;
  const { shape } = value.tensor;
  return value.channelsLast ? [shape[0]!, shape.at(-1)!, ...shape.slice(1, -1)] : shape;
}

/** Where an axis of the graph's order lies in memory. */
export function axisIn(value: Value, axis: number): number {
  const rank = shapeOf(value).length;
  const at = axis < 0 ? axis + rank : axis;
  if (value.kind === 'known' || !value.channelsLast || at === 0) return at;
  return at === 1 ? rank - 1 : at - 1;
}

/** @throws {SegscapeError} `UNSUPPORTED_FORMAT` where a number that decides the computation is itself computed. */
export function numbersOf(node: OnnxNode, value: Value | undefined, what: string): number[] {
  if (value?.kind === 'known') return Array.from(value.values);
  throw new SegscapeError(
    'UNSUPPORTED_FORMAT',
    `onnxModel: the ${what} of ${node.op} '${node.name}' ${value ? 'follow from the data of an image' : 'are missing'}. Export the model with fixed ones.`,
    { details: { op: node.op, name: node.name } },
  );
}

export function required(node: OnnxNode, value: Value | undefined, index: number): Value {
  if (value !== undefined) return value;
  throw new SegscapeError(
    'CORRUPT_CHECKPOINT',
    `onnxModel: ${node.op} '${node.name}' lacks its input ${index}. The model was written wrongly: export it again.`,
    { details: { op: node.op, name: node.name } },
  );
}

/** An attribute that is a number. */
export const number = ({ attributes }: OnnxNode, name: string, otherwise: number): number => {
  const value = attributes[name];
  return typeof value === 'number' ? value : otherwise;
};

export const text = ({ attributes }: OnnxNode, name: string, otherwise: string): string => {
  const value = attributes[name];
  return typeof value === 'string' ? value : otherwise;
};

/** An attribute that is a list; undefined where it is absent. */
export const list = ({ attributes }: OnnxNode, name: string): readonly number[] | undefined => {
  const value = attributes[name];
  return Array.isArray(value) ? (value as readonly number[]) : undefined;
};

/** A setting that is not computed here, by name. */
export const refuse = (node: OnnxNode, what: string): SegscapeError =>
  new SegscapeError(
    'UNSUPPORTED_FORMAT',
    `onnxModel: ${node.op} '${node.name}' with ${what} is not supported. Export the model without it.`,
    { details: { op: node.op, name: node.name } },
  );

/** What an attribute says up to some opset, and an input after it. */
export const settings = (
  node: OnnxNode,
  name: string,
  input: Value | undefined,
  what: string,
): number[] | undefined => {
  const attribute = list(node, name);
  if (attribute !== undefined) return [...attribute];
  return input === undefined ? undefined : numbersOf(node, input, what);
};
