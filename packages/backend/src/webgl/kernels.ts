import { cast, div, engine, env, floor, type NamedAttrMap, type TensorInfo, tidy } from '@tensorflow/tfjs-core';
import { repairCommon } from '../kernels/common.js';
import { type Attrs, hasEmpty, type Inputs, kernelsOf } from '../kernels/registry.js';
import { filterWindow } from '../windows/filter-window.js';
import { channelSums, isChannelSum } from './channel-sums.js';
import { convolution, inputGradient } from './convolution.js';
import { elementwise, written } from './elementwise.js';
import { filterGradient } from './filter-gradient.js';
import { inputGradientByTwo } from './transposed-convolution.js';
import { registerUpdates } from './updates.js';

/** What a shader of ours unrolls of a filter's row. */
const widest = 7;

/** Whether a convolution is left to TensorFlow.js: channels first, dilations, filters that few have, WebGL 1. */
function isLeft(inputs: Inputs, attrs: Attrs, filterWidth: number): boolean {
  const { dataFormat = 'NHWC', dilations = 1 } = attrs as { dataFormat?: string; dilations?: number | number[] };
  return (
    dataFormat !== 'NHWC' ||
    [dilations].flat().some((dilation) => dilation !== 1) ||
    filterWidth > widest ||
    hasEmpty(inputs) ||
    Object.values(inputs).some((input) => input.dtype !== 'float32' || input.rank !== 4) ||
    env().getNumber('WEBGL_VERSION') !== 2
  );
}

/** Strides by rows and columns. */
const stridesOf = ({ strides }: Attrs): number[] => (typeof strides === 'number' ? [strides, strides] : (strides as number[]));

/** TensorFlow.js has it for one value a texel alone, and takes everything apart for it and together again. */
const step = elementwise(['x'], ({ alpha = 0 }) => {
  const slope = `mix(vec4(${written(alpha)}), vec4(1), greaterThan(x, vec4(0)))`;
  return `mix(${slope}, x, isnan(x))`;
});

/** What follows convolutions, in fewer programs than TensorFlow.js's. */
function registerCompanions(): void {
  const webgl = kernelsOf('webgl');
  webgl.repair(
    'Step',
    (inputs, attrs) => {
      const made = step({ inputs: { ...inputs }, attrs: { ...attrs } as NamedAttrMap, backend: engine().backend });
      return engine().makeTensorFromTensorInfo(made as TensorInfo);
    },
    ({ x }) => x!.dtype !== 'float32' || x!.size === 0 || env().getNumber('WEBGL_VERSION') !== 2,
  );
  webgl.repair(
    'Sum',
    ({ x }, attrs) => channelSums(x!, attrs),
    ({ x }, attrs) => !isChannelSum(x!, attrs),
  );
  webgl.repair(
    'Mean',
    ({ x }, attrs) => tidy(() => div(channelSums(x!, attrs), x!.size / x!.shape.at(-1)!)),
    ({ x }, attrs) => !isChannelSum(x!, attrs),
  );
}

/** Convolutions and their gradients in place of TensorFlow.js's, which are right and slower. */
function registerConvolutions(): void {
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
      return window.strides[1] === 1 ? inputGradient(dy!, filter!, window) : inputGradientByTwo(dy!, filter!, window);
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

/** Replaces the kernels of the WebGL backend that are wrong or slow, and adds those that it lacks. Calling it again does nothing. */
export function registerWebglKernels(): void {
  registerUpdates();
  registerConvolutions();
  registerCompanions();
  repairCommon('webgl');
  // Rounds both operands before it divides.
  kernelsOf('webgl').repair(
    'FloorDiv',
    ({ a, b }) => tidy(() => cast(floor(div(a!, b!)), 'int32')),
    ({ a }) => a!.dtype !== 'float32',
  );
}
