import { SegscapeError } from '@segscape/core';
import { Tensor } from '@tensorflow/tfjs-core';

/** Nested records and arrays whose leaves are tensors or numbers. */
export type Tree = Tensor | number | readonly Tree[] | { readonly [key: string]: Tree };

/** The shape of a tree without its leaves: the same for every call with the same structure. */
export interface TreeSpec {
  readonly kind: 'tensor' | 'number' | 'array' | 'record';
  readonly keys: readonly string[];
  readonly children: readonly TreeSpec[];
}

const leaf = (kind: 'tensor' | 'number'): TreeSpec => ({ kind, keys: [], children: [] });

/** Leaves in a fixed order, their paths for messages, and the structure to put them back. */
export function flatten(
  tree: Tree,
  where: string,
): { leaves: (Tensor | number)[]; paths: string[]; spec: TreeSpec } {
  const leaves: (Tensor | number)[] = [];
  const paths: string[] = [];
  const visit = (node: Tree, path: string): TreeSpec => {
    if (node instanceof Tensor || typeof node === 'number' || isForeignTensor(node)) {
      leaves.push(node as Tensor | number);
      paths.push(path);
      return leaf(typeof node === 'number' ? 'number' : 'tensor');
    }
    if (!isContainer(node))
      throw new SegscapeError(
        'BAD_OPTION',
        `${where}: ${path || 'the value'} is ${described(node)}; expected tensors, numbers, or arrays and records of them.${remedyFor(node)}`,
      );
    const keys = Object.keys(node);
    const children = keys.map((key) =>
      visit((node as Record<string, Tree>)[key] as Tree, path ? `${path}.${key}` : key),
    );
    return { kind: Array.isArray(node) ? 'array' : 'record', keys, children };
  };
  const spec = visit(tree, '');
  return { leaves, paths, spec };
}

/** An array or a plain record, of whichever realm. */
function isContainer(node: unknown): node is object {
  if (typeof node !== 'object' || node === null) return false;
  if (Array.isArray(node)) return true;
  const prototype: unknown = Object.getPrototypeOf(node);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function described(node: unknown): string {
  if (node === null) return 'null';
  if (typeof node !== 'object') return typeof node;
  return `an instance of ${node.constructor?.name || 'a class'}`;
}

function remedyFor(node: unknown): string {
  if (node instanceof Promise)
    return ' Await what has to be awaited outside, and pass what it gives as an argument.';
  return ArrayBuffer.isView(node) ? ' Make a tensor of it.' : '';
}

/** A tensor of another copy of the engine still works: data and shapes are what count. */
const isForeignTensor = (node: unknown) =>
  typeof node === 'object' && node !== null && 'dataId' in node && 'dtype' in node && 'shape' in node;

/** Puts leaves back into the structure that `flatten` found. */
export function unflatten(spec: TreeSpec, leaves: readonly (Tensor | number)[]): Tree {
  let next = 0;
  const build = ({ kind, keys, children }: TreeSpec): Tree => {
    if (kind === 'tensor' || kind === 'number') return leaves[next++] as Tensor | number;
    const built = children.map(build);
    return kind === 'array' ? built : Object.fromEntries(keys.map((key, i) => [key, built[i] as Tree]));
  };
  return build(spec);
}

/** One line that is the same exactly when structure, shapes and types are: the key of a compiled program. */
export const signature = (spec: TreeSpec, leaves: readonly (Tensor | number)[]): string =>
  `${JSON.stringify(spec)}|${leaves.map((x) => (typeof x === 'number' ? '' : `${x.dtype}[${x.shape}]`)).join(';')}`;

/** The same structure with tensors for numbers. */
export const asTensors = (spec: TreeSpec): TreeSpec => ({
  ...spec,
  kind: spec.kind === 'number' ? 'tensor' : spec.kind,
  children: spec.children.map(asTensors),
});

export const isNumber = (leaf: Tensor | number): leaf is number => typeof leaf === 'number';

/**
 * Refuses tensors that went while a call waited for its turn or for its program.
 *
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function assertKept(leaves: readonly (Tensor | number)[]): void {
  for (const leaf of leaves)
    if (!isNumber(leaf) && leaf.isDisposed)
      throw new SegscapeError(
        'BAD_OPTION',
        `jit: ${leaf.dtype} [${leaf.shape}] of the argument was disposed of before it was read. Keep arguments until the promise of the call has settled.`,
      );
}
