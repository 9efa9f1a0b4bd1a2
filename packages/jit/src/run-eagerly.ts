import { scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { asTensors, flatten, isNumber, type Tree, type TreeSpec, unflatten } from './tree.js';

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
