import { type Attrs, type Inputs, kernelsOf } from '../kernels/registry.js';
import { poolingWindow } from '../pooling/window.js';
import { filterWindow } from './filter-window.js';

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
