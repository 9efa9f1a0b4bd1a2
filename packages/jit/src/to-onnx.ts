import { assertKnown, assertOption, SegscapeError } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { compile } from './compile.js';
import { encodeModel } from './onnx/encode.js';
import { freed, type LengthOf } from './onnx/free-axes.js';
import type { OnnxModel } from './onnx/model.js';
import { traceTree } from './trace-tree.js';
import { assertTraceable } from './traceable.js';
import { flatten, type Tree } from './tree.js';

export interface ToOnnxOptions {
  /** Key-value pairs kept in the file, such as class names and normalisation. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Name of the batch axis where it is dynamic. Default `'batch'`. */
  readonly batchName?: string;
  /**
   * Names of further axes that may have any length, by the name of the argument and the place of the axis:
   * `{ images: { 1: 'height', 2: 'width' } }`. Axes of one name have one length. Default none.
   */
  readonly freeAxes?: Readonly<Record<string, Readonly<Record<number, string>>>>;
}

/**
 * A tensor function as an ONNX model: opset 17, IR version 8, inputs and outputs in the function's own (channels-last) layout, named
 * after their places in argument and result, with `_out` behind where both would have one name. Captured tensors, such as weights,
 * become constants.
 *
 *     toOnnx(({ images }) => ({ logits: model.apply(params, images) }), { images: zeros([1, 128, 128, 3]) });
 *
 * The first axis of every argument is the batch. The function is traced with one and with two samples; where the two graphs differ in
 * shapes alone, the model takes any number, otherwise that of the example. So with `freeAxes`, at the example's length and at twice
 * that: an axis stays free where the graphs agree, and fixed where they do not (a crop in the middle, a resize to a size). An axis of
 * a result that is not as long as the free axis which it follows, but half of it, say, has a name of its own: `logits_dim_1`.
 *
 * @param fn synchronous, of one argument, as `jit` takes it; it may assign no variables.
 * @param example an argument of `fn`: tensors `[batch, …]`, and numbers where `fn` takes them; shapes and types count, values do not.
 * @param options.metadata key-value pairs kept in the file. Default none.
 * @param options.batchName name of the batch axis where it is dynamic. Default `'batch'`.
 * @param options.freeAxes names of further axes of any length. Default none.
 * @returns the bytes of an `.onnx` file, whose inputs are shaped as in `example`, and its outputs as `fn` returns them.
 * @throws {SegscapeError} `BAD_OPTION`, and as `jit` does while tracing.
 */
export function toOnnx<T, R>(fn: (args: T) => R, example: T, options: ToOnnxOptions = {}): Uint8Array {
  assertKnown('toOnnx', options, ['metadata', 'batchName', 'freeAxes']);
  const { metadata = {}, batchName = 'batch', freeAxes = {} } = options;
  assertTraceable(fn, 'toOnnx');
  const { leaves, paths, spec } = flatten(example as Tree, 'toOnnx');
  const shapes = leaves.map((leaf) =>
    typeof leaf === 'number' ? leaf : { shape: leaf.shape, dtype: leaf.dtype },
  );
  assertFreeAxes(freeAxes, paths, shapes, batchName);
  const freeSizes = Object.keys(freeAxes).length > 0;
  const build = (lengthOf: LengthOf): OnnxModel => {
    const sized = shapes.map((leaf, i) =>
      typeof leaf === 'number'
        ? leaf
        : {
            ...leaf,
            shape: leaf.shape.map((length, axis) => {
              const name = axis === 0 ? batchName : freeAxes[paths[i]!]?.[axis];
              return name === undefined ? length : lengthOf(name, length);
            }),
          },
    );
    const { program, resultPaths } = traceTree(fn, spec, sized as (Tensor | number)[]);
    const [variable] = program.variables;
    if (variable !== undefined)
      throw new SegscapeError(
        'NOT_TRACEABLE',
        `toOnnx: the function assigns variable '${variable.name}', and a file holds no state. Return the new value instead.`,
      );
    return named(
      compile(program, { metadata, freeSizes, standard: true }).model,
      paths.map((path) => path || 'input'),
      resultPaths.map((path) => path || 'output'),
    );
  };
  const others = new Set(Object.values(freeAxes).flatMap((axes) => Object.values(axes)));
  return encodeModel(freed(build, batchName, [...others]));
}

/** @throws {SegscapeError} `BAD_OPTION` for an argument or an axis that the example does not have. */
function assertFreeAxes(
  freeAxes: NonNullable<ToOnnxOptions['freeAxes']>,
  paths: readonly string[],
  shapes: readonly (number | { readonly shape: readonly number[] })[],
  batchName: string,
): void {
  for (const [path, axes] of Object.entries(freeAxes)) {
    const leaf = shapes[paths.indexOf(path)];
    assertOption(
      typeof leaf === 'object',
      'toOnnx',
      'freeAxes',
      path,
      `name a tensor of the example: ${paths.join(', ')}`,
    );
    for (const [axis, name] of Object.entries(axes)) {
      assertOption(
        Number(axis) > 0 && Number(axis) < (leaf as { shape: readonly number[] }).shape.length,
        'toOnnx',
        `freeAxes.${path}`,
        axis,
        'be the place of an axis after the batch',
      );
      assertOption(
        name !== batchName,
        'toOnnx',
        `freeAxes.${path}.${axis}`,
        name,
        'be another name than that of the batch',
      );
    }
  }
}

/** Renames inputs and outputs; what stands between them makes way for their names. */
function named(model: OnnxModel, inputs: readonly string[], outputs: readonly string[]): OnnxModel {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const rename = (from: string, wanted: string, ending: string) => {
    let name = wanted;
    while (taken.has(name)) name += ending;
    taken.add(name);
    names.set(from, name);
  };
  for (const [i, { name }] of model.inputs.entries()) rename(name, inputs[i]!, '_in');
  for (const [i, { name }] of model.outputs.entries()) rename(name, outputs[i]!, '_out');
  for (const { name } of model.initializers) rename(name, name, '_');
  for (const { outputs: made } of model.nodes)
    for (const name of made) if (!names.has(name)) rename(name, name, '_');
  const renamed = (name: string) => names.get(name) ?? name;
  const all = <T extends { readonly name: string }>(values: readonly T[]) =>
    values.map((value) => ({ ...value, name: renamed(value.name) }));
  return {
    ...model,
    nodes: model.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(renamed),
      outputs: node.outputs.map(renamed),
    })),
    initializers: all(model.initializers),
    inputs: all(model.inputs),
    outputs: all(model.outputs),
  };
}
