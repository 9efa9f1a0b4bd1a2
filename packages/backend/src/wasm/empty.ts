import { backend_util, cast, type DataType, fill, util } from '@tensorflow/tfjs-core';
import { type Attrs, type Inputs, kernelsOf } from '../kernels/registry.js';
import { filterWindow } from '../windows/filter-window.js';
import { poolingWindow } from '../windows/window.js';

const pooled = ({ x }: Inputs, attrs: Attrs): number[] => [
  x!.shape[0]!,
  ...poolingWindow(x!.shape, attrs).output,
  x!.shape.at(-1)!,
];

function convolved({ x, filter }: Inputs, attrs: Attrs): number[] {
  const { output } = filterWindow(x!.shape, filter!.shape, attrs);
  return [x!.shape[0]!, ...output, filter!.shape.at(-1)!];
}

function convolvedByChannel({ x, filter }: Inputs, attrs: Attrs): number[] {
  const { output } = filterWindow(x!.shape, filter!.shape, attrs);
  return [x!.shape[0]!, ...output, filter!.shape[2]! * filter!.shape[3]!];
}

const likeInput = ({ input, x }: Inputs) => (input ?? x)!.shape;
const toFilter = (_inputs: Inputs, { filterShape }: Attrs) => filterShape as number[];
const toImage = (_inputs: Inputs, { inputShape }: Attrs) => inputShape as number[];

/**
 * Where there is nothing to compute, the backend's kernels and those composed of them read and write outside of the
 * memory, and nothing can be computed in the process from then on: these give zeros.
 */
export function guardEmptyWindows(): void {
  const { guardEmpty } = kernelsOf('wasm');
  for (const name of ['MaxPool', 'AvgPool', 'MaxPool3D', 'AvgPool3D']) {
    guardEmpty(name, pooled);
    guardEmpty(`${name}Grad`, likeInput);
  }
  for (const name of ['Conv2D', 'Conv3D']) guardEmpty(name, convolved);
  guardEmpty('DepthwiseConv2dNative', convolvedByChannel);
  for (const name of ['Conv2D', 'DepthwiseConv2dNative']) {
    guardEmpty(`${name}BackpropFilter`, toFilter);
    guardEmpty(`${name}BackpropInput`, toImage);
  }
  guardEmpty('Conv3DBackpropFilterV2', toFilter);
  guardEmpty('Conv3DBackpropInputV2', toImage);
}

/** The kernel of the maximum calls its axes otherwise. */
const reduced = ({ x }: Inputs, { axis, reductionIndices, keepDims }: Attrs): number[] => {
  const axes = util.parseAxisParam((reductionIndices ?? axis) as number | number[], x!.shape);
  const [shape] = backend_util.computeOutAndReduceShapes(x!.shape, axes);
  return keepDims ? backend_util.expandShapeToKeepDim(shape, axes) : shape;
};

/** Along the axis of no numbers, or of none beside it, they stop by dividing by zero. */
export function guardEmptyRows(): void {
  const { guardEmpty } = kernelsOf('wasm');
  for (const name of ['Cumsum', 'Cumprod'])
    guardEmpty(
      name,
      ({ x }) => x!.shape,
      (shape, { x }) => fill([...shape], 0, asNumber(x!.dtype)),
    );
  for (const name of ['ArgMax', 'ArgMin']) guardEmpty(name, reduced, (shape) => fill([...shape], 0, 'int32'));
}

const asNumber = (type: DataType): DataType => (type === 'bool' ? 'int32' : type);

/** What the cpu backend gives for no numbers, and the type of it. */
const ofNothing: Readonly<Record<string, readonly [number, (type: DataType) => DataType]>> = {
  Sum: [0, asNumber],
  Prod: [1, asNumber],
  Mean: [0, () => 'float32'],
  Max: [Number.NaN, (type) => type],
  Min: [Number.NaN, (type) => type],
  All: [0, () => 'bool'],
  Any: [0, () => 'bool'],
};

/** Over no numbers the backend's reductions leave their results as they find the memory. */
export function guardEmptyReductions(): void {
  const { guardEmpty } = kernelsOf('wasm');
  for (const [name, [value, typeOf]] of Object.entries(ofNothing))
    guardEmpty(name, reduced, (shape, { x }) => {
      const type = typeOf(x!.dtype);
      // `fill` makes no booleans.
      return type === 'bool' ? cast(fill([...shape], value), 'bool') : fill([...shape], value, type);
    });
}
