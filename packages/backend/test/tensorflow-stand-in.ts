import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import {
  getKernelsForBackend,
  type KernelFunc,
  mul,
  registerBackend,
  registerKernel,
  removeBackend,
  type Tensor,
  unregisterKernel,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { borderWeights } from '../src/windows/average.js';
import { poolingWindow } from '../src/windows/window.js';

type Params = Parameters<KernelFunc>[0];
type Fault = (params: Params, own: KernelFunc) => ReturnType<KernelFunc>;

const refuse =
  (what: string, wrong: (inputs: Record<string, Tensor>, attrs: Record<string, unknown>) => boolean): Fault =>
  (params, own) => {
    if (wrong(params.inputs as Record<string, Tensor>, (params.attrs ?? {}) as Record<string, unknown>))
      throw new Error(`the stand-in, like TensorFlow, does not take ${what}`);
    return own(params);
  };

const padding = refuse('a padding in pixels', (_, { pad }) => typeof pad !== 'string');
const types = (...known: string[]) => refuse('this type', ({ x }) => !known.includes(x!.dtype));

/** Divides by what a window sees. */
const exactAverage: Fault = (params, own) => {
  const { dy, input } = params.inputs as Record<string, Tensor>;
  if (typeof params.attrs!.pad !== 'string') return padding(params, own);
  const weights = borderWeights(poolingWindow(input!.shape, params.attrs as Record<string, unknown>));
  return own(
    weights === undefined ? params : { ...params, inputs: { input: input!, dy: mul(dy!, weights) } },
  );
};

const faults: Readonly<Record<string, Fault>> = {
  ...Object.fromEntries(
    ['Conv2D', 'DepthwiseConv2dNative'].flatMap((name) =>
      [name, `${name}BackpropFilter`, `${name}BackpropInput`].map((each) => [each, padding]),
    ),
  ),
  MaxPool: padding,
  MaxPool3D: padding,
  MaxPoolGrad: padding,
  AvgPool: padding,
  AvgPool3D: padding,
  AvgPoolGrad: exactAverage,
  AvgPool3DGrad: exactAverage,
  // Wrong among equals, so it is not to be used at all.
  MaxPool3DGrad: ({ inputs }) => zerosLike(inputs.input as Tensor),
  Conv3D: refuse('dilations', (_, { dilations }) => String(dilations).replace(/[1,]/g, '') !== ''),
  GatherV2: refuse('an axis from the end', (_, { axis }) => (axis as number) < 0),
  Select: refuse('two types', ({ t, e }) => t!.dtype !== e!.dtype),
  Abs: types('float32', 'int32'),
  Relu: types('float32', 'int32'),
  IsNan: types('float32'),
};

/**
 * A backend by the name of TensorFlow in Node that computes with the cpu backend's kernels and has TensorFlow's faults,
 * for machines on which the real one is not installed.
 * @returns takes it away.
 */
export function standInForTensorflow(): () => void {
  registerBackend('tensorflow', () => new MathBackendCPU());
  const kernels = getKernelsForBackend('cpu');
  for (const { kernelName, kernelFunc } of kernels) {
    const fault = faults[kernelName];
    registerKernel({
      kernelName,
      backendName: 'tensorflow',
      kernelFunc: fault === undefined ? kernelFunc : (params) => fault(params, kernelFunc),
    });
  }
  return () => {
    removeBackend('tensorflow');
    for (const { kernelName } of kernels) unregisterKernel(kernelName, 'tensorflow');
  };
}
