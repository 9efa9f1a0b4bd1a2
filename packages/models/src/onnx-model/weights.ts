import type { Params } from '@segscape/core';
import { tensor, tidy } from '@tensorflow/tfjs-core';
import { hasKernel, keptKernel, kernelAxes } from './kernels.js';
import type { OnnxGraph } from './parse.js';
import type { Numbers } from './stored-numbers.js';

/** Inputs of nodes that say what is computed, not with what. */
const deciding: Readonly<Record<string, readonly number[]>> = {
  Reshape: [1],
  Slice: [1, 2, 3, 4],
  Pad: [1, 2, 3],
  Resize: [1, 2, 3],
  Upsample: [1],
  Clip: [1, 2],
  Dropout: [1, 2],
  Squeeze: [1],
  Unsqueeze: [1],
  Gather: [1],
  ReduceMean: [1],
  ReduceSum: [1],
  ReduceMax: [1],
  ReduceMin: [1],
  ReduceProd: [1],
  ReduceSumSquare: [1],
  ReduceL1: [1],
  ReduceL2: [1],
  ReduceLogSum: [1],
  ReduceLogSumExp: [1],
  Expand: [1],
  Tile: [1],
  Range: [0, 1, 2],
  ConstantOfShape: [0],
  Split: [1],
};

/** What becomes of the numbers in a model file. */
export interface SortedInitializers {
  /** Weights, by name in the file's order, with the axes that they are kept by. */
  readonly weights: ReadonlyMap<string, { readonly numbers: Numbers; readonly isKernel: boolean }>;
  /** Shapes, axes, bounds: they stay numbers. */
  readonly settings: ReadonlyMap<string, Numbers>;
  /** Running statistics, which training only carries along. */
  readonly statistics: ReadonlySet<string>;
}

/** Nodes that compute with lengths of images, and numbers of the file, alone. */
function onLengths({ initializers, nodes }: OnnxGraph): ReadonlySet<OnnxGraph['nodes'][number]> {
  const fixed = new Set(initializers.keys());
  const lengths = new Set<string>();
  const found = new Set<OnnxGraph['nodes'][number]>();
  for (const node of nodes) {
    const given = node.inputs.filter((name) => name !== '');
    const computes =
      given.some((name) => lengths.has(name)) && given.every((name) => lengths.has(name) || fixed.has(name));
    if (computes) found.add(node);
    if (computes || node.op === 'Shape') for (const name of node.outputs) lengths.add(name);
    if (node.op === 'Constant') for (const name of node.outputs) fixed.add(name);
  }
  return found;
}

/** Tells weights from settings by what nodes do with them. */
export function sortInitializers(graph: OnnxGraph): SortedInitializers {
  const { initializers, nodes } = graph;
  const ofLengths = onLengths(graph);
  const uses = new Map<
    string,
    { readonly op: string; readonly index: number; readonly decides: boolean }[]
  >();
  for (const node of nodes)
    for (const [index, name] of node.inputs.entries())
      if (initializers.has(name)) {
        const decides = deciding[node.op]?.includes(index) === true || ofLengths.has(node);
        uses.set(name, [...(uses.get(name) ?? []), { op: node.op, index, decides }]);
      }
  const weights = new Map<string, { numbers: Numbers; isKernel: boolean }>();
  const settings = new Map<string, Numbers>();
  const statistics = new Set<string>();
  for (const [name, numbers] of initializers) {
    const own = uses.get(name) ?? [];
    if (numbers.integer || own.some(({ decides }) => decides)) {
      settings.set(name, numbers);
      continue;
    }
    if (own.length === 0) continue;
    const [first] = own;
    const isKernel = own.every(({ op, index }) => op === first!.op && index === 1 && hasKernel(op));
    const { length: rank } = numbers.shape;
    weights.set(name, { numbers, isKernel: isKernel && (rank === 4 || rank === 5) });
    if (own.every(({ op, index }) => op === 'BatchNormalization' && index >= 3)) statistics.add(name);
  }
  return { weights, settings, statistics };
}

/** Weights as tensors; kernels `[height, width, in, out]`, of volumes with the depth first. */
export const weightTensors = ({ weights }: SortedInitializers): Params =>
  tidy(() =>
    Object.fromEntries(
      [...weights].map(([name, { numbers, isKernel }]) => {
        const whole = tensor(Float32Array.from(numbers.values), [...numbers.shape]);
        return [name, isKernel ? keptKernel(whole) : whole];
      }),
    ),
  );

/** Shapes of these tensors. */
export const weightShapes = ({ weights }: SortedInitializers): Record<string, readonly number[]> =>
  Object.fromEntries(
    [...weights].map(
      ([
        name,
        {
          numbers: { shape },
          isKernel,
        },
      ]) => [name, isKernel ? kernelAxes(shape.length).map((axis) => shape[axis]!) : shape],
    ),
  );
