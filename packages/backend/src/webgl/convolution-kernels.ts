import { type Attrs, hasEmpty, type Inputs, kernelsOf } from '../kernels/registry.js';
import { filterWindow } from '../windows/filter-window.js';
import { convolution, inputGradient } from './convolution.js';
import { filterGradient } from './filter-gradient.js';
import { readsTexels } from './texels.js';
import { inputGradientByTwo } from './transposed-convolution.js';

/** What a shader of ours unrolls of a filter's row. */
const widest = 7;

/** Whether a convolution is left to TensorFlow.js: channels first, dilations, filters that few have, WebGL 1. */
function isLeft(inputs: Inputs, attrs: Attrs, filterWidth: number): boolean {
  const { dataFormat = 'NHWC', dilations = 1 } = attrs as {
    dataFormat?: string;
    dilations?: number | number[];
  };
  return (
    dataFormat !== 'NHWC' ||
    [dilations].flat().some((dilation) => dilation !== 1) ||
    filterWidth > widest ||
    hasEmpty(inputs) ||
    Object.values(inputs).some((input) => input.dtype !== 'float32' || input.rank !== 4) ||
    !readsTexels()
  );
}

/** Strides by rows and columns. */
const stridesOf = ({ strides }: Attrs): number[] =>
  typeof strides === 'number' ? [strides, strides] : (strides as number[]);

/** Convolutions and their gradients in place of TensorFlow.js's, which are right and slower. */
export function registerConvolutions(): void {
  const webgl = kernelsOf('webgl');
  webgl.repair(
    'Conv2D',
    ({ x, filter }, attrs) => convolution(x!, filter!, filterWindow(x!.shape, filter!.shape, attrs)),
    (inputs, attrs) => isLeft(inputs, attrs, inputs.filter!.shape[1]!),
  );
  webgl.repair(
    'Conv2DBackpropInput',
    ({ dy, filter }, attrs) => {
      const window = filterWindow(attrs.inputShape as number[], filter!.shape, attrs);
      return window.strides[1] === 1
        ? inputGradient(dy!, filter!, window)
        : inputGradientByTwo(dy!, filter!, window);
    },
    (inputs, attrs) => {
      const [down, along] = stridesOf(attrs);
      const isKnown = along === 2 || (along === 1 && down === 1);
      return !isKnown || isLeft(inputs, attrs, inputs.filter!.shape[1]!);
    },
  );
  webgl.repair(
    'Conv2DBackpropFilter',
    ({ x, dy }, attrs) =>
      filterGradient(x!, dy!, filterWindow(x!.shape, attrs.filterShape as number[], attrs)),
    (inputs, attrs) => isLeft(inputs, attrs, (attrs.filterShape as number[])[1]!),
  );
}
