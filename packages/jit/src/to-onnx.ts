import { SegscapeError } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { compile } from './compile.js';
import { traceTree } from './functions-of-trees.js';
import { encodeModel } from './onnx/encode.js';
import type { OnnxModel, OnnxTensor } from './onnx/model.js';
import { flatten, type Tree } from './tree.js';

export interface ToOnnxOptions {
  /** Key-value pairs kept in the file, such as class names and normalisation. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Name of the batch axis where it is dynamic. Default `'batch'`. */
  readonly batchName?: string;
}

/**
 * A tensor function as an ONNX model: opset 17, IR version 8, inputs and outputs in the function's own (channels-last) layout, named
 * after their places in argument and result. Captured tensors, such as weights, become constants.
 *
 *     toOnnx(({ images }) => ({ logits: model.apply(params, images) }), { images: zeros([1, 128, 128, 3]) });
 *
 * The first axis of every argument is the batch. The function is traced with one and with two samples; where the two graphs differ in
 * shapes alone, the model takes any number, otherwise that of the example.
 *
 * @param fn synchronous, of one argument, as `jit` takes it; it may assign no variables.
 * @param example an argument of `fn`, tensors `[batch, …]` or numbers; its shapes and types count, its values do not.
 * @param options.metadata key-value pairs kept in the file. Default none.
 * @param options.batchName name of the batch axis where it is dynamic. Default `'batch'`.
 * @returns the bytes of an `.onnx` file, whose inputs are shaped as in `example`, and its outputs as `fn` returns them.
 * @throws {SegscapeError} as `jit` does while tracing.
 */
export function toOnnx<T, R>(
  fn: (args: T) => R,
  example: T,
  { metadata = {}, batchName = 'batch' }: ToOnnxOptions = {},
): Uint8Array {
  const { leaves, paths, spec } = flatten(example as Tree, 'toOnnx');
  const shapes = leaves.map((leaf) =>
    typeof leaf === 'number' ? leaf : { shape: leaf.shape, dtype: leaf.dtype },
  );
  const build = (batch: number | undefined): OnnxModel => {
    const sized = shapes.map((leaf) =>
      typeof leaf === 'number' || batch === undefined || leaf.shape.length === 0
        ? leaf
        : { ...leaf, shape: [batch, ...leaf.shape.slice(1)] },
    );
    const { program, resultPaths } = traceTree(fn, spec, sized as (Tensor | number)[]);
    const [variable] = program.variables;
    if (variable !== undefined)
      throw new SegscapeError(
        'NOT_TRACEABLE',
        `toOnnx: the function assigns variable '${variable.name}', and a file holds no state. Return the new value instead.`,
      );
    return named(
      compile(program, { metadata }).model,
      paths.map((path) => path || 'input'),
      resultPaths.map((path) => path || 'output'),
    );
  };
  return encodeModel(withDynamicBatch(build, batchName) ?? build(undefined));
}

/** Renames inputs and outputs. */
function named(model: OnnxModel, inputs: readonly string[], outputs: readonly string[]): OnnxModel {
  const names = new Map<string, string>();
  model.inputs.forEach(({ name }, i) => void names.set(name, inputs[i]!));
  model.outputs.forEach(
    ({ name }, i) => void names.set(name, inputs.includes(outputs[i]!) ? `${outputs[i]}_out` : outputs[i]!),
  );
  const renamed = (name: string) => names.get(name) ?? name;
  return {
    ...model,
    nodes: model.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(renamed),
      outputs: node.outputs.map(renamed),
    })),
    inputs: model.inputs.map((value) => ({ ...value, name: renamed(value.name) })),
    outputs: model.outputs.map((value) => ({ ...value, name: renamed(value.name) })),
  };
}

/** One model for any batch, from those for one and two samples; undefined when they differ in more than shapes. */
function withDynamicBatch(build: (batch: number) => OnnxModel, batchName: string): OnnxModel | undefined {
  let one: OnnxModel;
  let two: OnnxModel;
  try {
    [one, two] = [build(1), build(2)];
  } catch (error) {
    // A function for one fixed batch fails on the other: not a fault of the function.
    if (error instanceof SegscapeError) throw error;
    return undefined;
  }
  const structure = (model: OnnxModel) =>
    JSON.stringify(model.nodes.map(({ op, domain, inputs, attributes }) => [op, domain, inputs, attributes]));
  if (structure(one) !== structure(two) || one.initializers.length !== two.initializers.length)
    return undefined;
  const shapes = reshapeTargets(one);
  const initializers: OnnxTensor[] = [];
  for (const [i, constant] of one.initializers.entries()) {
    const merged = merge(constant, two.initializers[i]!, shapes);
    if (merged === undefined) return undefined;
    initializers.push(merged);
  }
  const dynamic = (values: OnnxModel['inputs'], other: OnnxModel['inputs']) =>
    values.map((value, i) => ({
      ...value,
      dims: value.dims!.map((size, axis) => (size === other[i]!.dims![axis] ? size : batchName)),
    }));
  return {
    ...one,
    initializers,
    inputs: dynamic(one.inputs, two.inputs),
    outputs: dynamic(one.outputs, two.outputs),
  };
}

/** Constants that are nothing but the target shapes of reshapes. */
function reshapeTargets({ nodes }: OnnxModel): ReadonlySet<string> {
  const targets = new Set(nodes.filter(({ op }) => op === 'Reshape').map(({ inputs }) => inputs[1]!));
  for (const { op, inputs } of nodes)
    for (const [i, name] of inputs.entries()) if (!(op === 'Reshape' && i === 1)) targets.delete(name);
  return targets;
}

/** A constant that serves both; −1 stands for the one size of a reshape that follows the batch. */
function merge(a: OnnxTensor, b: OnnxTensor, shapes: ReadonlySet<string>): OnnxTensor | undefined {
  if (a.bytes.length === b.bytes.length && a.bytes.every((byte, i) => byte === b.bytes[i])) return a;
  if (!shapes.has(a.name) || a.bytes.length !== b.bytes.length) return undefined;
  const sizes = (tensor: OnnxTensor) => [...new BigInt64Array(tensor.bytes.slice().buffer)];
  const [first, second] = [sizes(a), sizes(b)];
  const differing = first.flatMap((n, i) => (n === second[i] ? [] : [i]));
  if (differing.length !== 1) return undefined;
  first[differing[0]!] = -1n;
  return { ...a, bytes: new Uint8Array(BigInt64Array.from(first).buffer) };
}
