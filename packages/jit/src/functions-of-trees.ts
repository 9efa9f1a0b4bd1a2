import { registerGradients } from '@segscape/backend';
import { scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Program, Ref } from './program.js';
import { trace } from './trace/trace.js';
import { flatten, type Tree, type TreeSpec, unflatten } from './tree.js';

export const isNumber = (leaf: Tensor | number): leaf is number => typeof leaf === 'number';

/** Traces `fn` for arguments of this structure; the values of the leaves do not matter, only shapes and types. */
export function traceTree<T, R>(
  fn: (args: T) => R,
  spec: TreeSpec,
  leaves: readonly (Pick<Ref, 'shape' | 'dtype'> | number)[],
): { program: Program; resultSpec: TreeSpec; resultPaths: readonly string[] } {
  registerGradients();
  let resultSpec: TreeSpec | undefined;
  let resultPaths: readonly string[] = [];
  const shapes = leaves.map((leaf) =>
    typeof leaf === 'number'
      ? { shape: [], dtype: 'float32' as const }
      : { shape: leaf.shape, dtype: leaf.dtype },
  );
  const program = trace((symbols) => {
    const result = flatten(fn(unflatten(asTensors(spec), symbols) as T) as Tree, 'jit: the result');
    resultSpec = asTensors(result.spec);
    resultPaths = result.paths;
    return result.leaves.map((leaf) => (isNumber(leaf) ? scalar(leaf) : leaf));
  }, shapes);
  return { program, resultSpec: resultSpec as TreeSpec, resultPaths };
}

/** The same structure with tensors for numbers. */
const asTensors = (spec: TreeSpec): TreeSpec => ({
  ...spec,
  kind: spec.kind === 'number' ? 'tensor' : spec.kind,
  children: spec.children.map(asTensors),
});

/** Runs `fn` as it is. */
export function runEagerly<T, R>(
  fn: (args: T) => R,
  spec: TreeSpec,
  leaves: readonly (Tensor | number)[],
): Tree {
  let resultSpec: TreeSpec | undefined;
  const own = tidy(() => {
    const tensors = leaves.map((leaf) => (isNumber(leaf) ? scalar(leaf) : leaf));
    const result = flatten(fn(unflatten(asTensors(spec), tensors) as T) as Tree, 'jit: the result');
    resultSpec = asTensors(result.spec);
    // A result that is an argument is still a new tensor, so that disposing it harms nobody.
    return result.leaves.map((leaf) =>
      isNumber(leaf) ? scalar(leaf) : leaves.includes(leaf) ? leaf.clone() : leaf,
    );
  });
  return unflatten(resultSpec as TreeSpec, own);
}
