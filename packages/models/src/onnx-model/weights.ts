import type { Params } from '@segscape/core';
import { tensor, tidy } from '@tensorflow/tfjs-core';
import type { OnnxGraph } from './parse.js';
import type { Numbers } from './stored-numbers.js';
import { keptKernel, kernelAxes } from './windows.js';

/** Inputs of nodes that say what is computed, not with what. */
const deciding: Readonly<Record<string, readonly number[]>> = {
  Reshape: [1],
  Slice: [1, 2, 3, 4],
  Pad: [1, 2, 3],
  Resize: [1, 2, 3],
  Upsample: [1],
  Clip: [1, 2],
  Squeeze: [1],
  Unsqueeze: [1],
  Gather: [1],
  ReduceMean: [1],
  ReduceSum: [1],
  ReduceMax: [1],
  ReduceMin: [1],
  ReduceProd: [1],
  ReduceSumSquare: [1],
  ReduceL2: [1],
  Expand: [1],
  Tile: [1],
  Range: [0, 1, 2],
  ConstantOfShape: [0],
  Split: [1],
};

/** What becomes of the numbers in a model file. */
export interface SortedInitializers {
  /** Weights, by name in the file's order, with the axes that they are kept by. */
  readonly weights: ReadonlyMap<string, { readonly numbers: Numbers; readonly kernelOf?: string }>;
  /** Shapes, axes, bounds: they stay numbers. */
  readonly settings: ReadonlyMap<string, Numbers>;
  /** Running statistics, which training only carries along. */
  readonly statistics: ReadonlySet<string>;
}

/** Tells weights from settings by what nodes do with them. */
export function sortInitializers({ initializers, nodes }: OnnxGraph): SortedInitializers {
  const uses = new Map<string, { readonly op: string; readonly index: number }[]>();
  for (const { op, inputs } of nodes)
    for (const [index, name] of inputs.entries())
      if (initializers.has(name)) uses.set(name, [...(uses.get(name) ?? []), { op, index }]);
  const weights = new Map<string, { numbers: Numbers; kernelOf?: string }>();
  const settings = new Map<string, Numbers>();
  const statistics = new Set<string>();
  for (const [name, numbers] of initializers) {
    const own = uses.get(name) ?? [];
    if (numbers.integer || own.some(({ op, index }) => deciding[op]?.includes(index))) {
      settings.set(name, numbers);
      continue;
    }
    if (own.length === 0) continue;
    const [first] = own;
    const isKernel = own.every(({ op, index }) => op === first!.op && index === 1 && op in kernelAxes);
    weights.set(name, { numbers, ...(isKernel && numbers.shape.length === 4 && { kernelOf: first!.op }) });
    if (own.every(({ op, index }) => op === 'BatchNormalization' && index >= 3)) statistics.add(name);
  }
  return { weights, settings, statistics };
}

/** Weights as tensors; kernels `[height, width, in, out]`. */
export const weightTensors = ({ weights }: SortedInitializers): Params =>
  tidy(() =>
    Object.fromEntries(
      [...weights].map(([name, { numbers, kernelOf }]) => {
        const whole = tensor(Float32Array.from(numbers.values), [...numbers.shape]);
        return [name, kernelOf ? keptKernel(whole, kernelOf) : whole];
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
          kernelOf,
        },
      ]) => [name, kernelOf ? kernelAxes[kernelOf]!.map((axis) => shape[axis]!) : shape],
    ),
  );
