import { registerGradients } from '@segscape/backend/gradients';
import { scalar } from '@tensorflow/tfjs-core';
import type { Program, Ref } from './program.js';
import { trace } from './trace/trace.js';
import { asTensors, flatten, isNumber, type Tree, type TreeSpec, unflatten } from './tree.js';

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
