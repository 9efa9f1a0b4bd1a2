import { type Attrs, hasEmpty, type Inputs, kernelsOf } from '../kernels/registry.js';
import { filterWindow } from '../windows/filter-window.js';
import { convolution, inputGradient } from './convolution.js';
import { filterGradient } from './filter-gradient.js';
import { readsTexels } from './texels.js';
import { stridedInputGradient } from './transposed-convolution.js';

/** What a shader of ours unrolls of a filter's row. */
const widest = 7;

/** Whether a convolution is left to TensorFlow.js: channels first, dilations, WebGL 1. */
function isLeft(inputs: Inputs, attrs: Attrs): boolean {
  const { dataFormat = 'NHWC', dilations = 1 } = attrs as {
    dataFormat?: string;
    dilations?: number | number[];
  };
  return (
    dataFormat !== 'NHWC' ||
    [dilations].flat().some((dilation) => dilation !== 1) ||
    hasEmpty(inputs) ||
    Object.values(inputs).some((input) => input.dtype !== 'float32' || input.rank !== 4) ||
    !readsTexels()
  );
}

/**
 * Convolutions and their gradients in place of TensorFlow.js's, which are slower; and its gradient of an image is wrong where the
 * channels are an odd number and the textures hold something beyond them.
 */
export function registerConvolutions(): void {
  const webgl = kernelsOf('webgl');
  webgl.repair(
    'Conv2D',
    ({ x, filter }, attrs) => convolution(x!, filter!, filterWindow(x!.shape, filter!.shape, attrs)),
    (inputs, attrs) => inputs.filter!.shape[1]! > widest || isLeft(inputs, attrs),
  );
  webgl.repair(
    'Conv2DBackpropInput',
    ({ dy, filter }, attrs) => {
      const window = filterWindow(attrs.inputShape as number[], filter!.shape, attrs);
      const plain = window.strides.every((stride) => stride === 1) && window.kernel[1]! <= widest;
      return plain ? inputGradient(dy!, filter!, window) : stridedInputGradient(dy!, filter!, window);
    },
    isLeft,
  );
  webgl.repair(
    'Conv2DBackpropFilter',
    ({ x, dy }, attrs) =>
      filterGradient(x!, dy!, filterWindow(x!.shape, attrs.filterShape as number[], attrs)),
    isLeft,
  );
}
