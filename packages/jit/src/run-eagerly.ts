import { releaseTape } from '@segscape/backend/gradients';
import { scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { assertKept, asTensors, flatten, isNumber, type Tree, type TreeSpec, unflatten } from './tree.js';

/** Runs `fn` as it is; the results are new tensors, as those of a compiled program. */
export function runEagerly<T, R>(
  fn: (args: T) => R,
  spec: TreeSpec,
  leaves: readonly (Tensor | number)[],
): Tree {
  assertKept(leaves);
  let resultSpec: TreeSpec | undefined;
  const run = () => {
    const tensors = leaves.map((leaf) => (isNumber(leaf) ? scalar(leaf) : leaf));
    // What is made from here on has a greater one.
    const { id } = scalar(0);
    const result = flatten(fn(unflatten(asTensors(spec), tensors) as T) as Tree, 'jit: the result');
    resultSpec = asTensors(result.spec);
    // An argument, a captured tensor, a variable, or one tensor in two places: disposing of a result harms nobody.
    const given = new Set<Tensor>(tensors);
    return result.leaves.map((leaf) => {
      if (isNumber(leaf)) return scalar(leaf);
      if (leaf.id < id || given.has(leaf)) return leaf.clone();
      given.add(leaf);
      return leaf;
    });
  };
  try {
    const own = tidy(run);
    return unflatten(resultSpec as TreeSpec, own);
  } catch (error) {
    releaseTape();
    throw error;
  }
}
