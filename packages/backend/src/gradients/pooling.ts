import { type GradConfig, mul, type Tensor, zerosLike } from '@tensorflow/tfjs-core';
import type { Attrs } from '../kernels/registry.js';
import { runKernel } from '../kernels/run-kernel.js';
import { borderWeights, shareWithin, withoutOutside } from '../windows/average.js';
import { atMaximum, maxPoolingGradient } from '../windows/max.js';
import { countsOtherwise, poolingWindow } from '../windows/window.js';
import { rule, unary } from './rule.js';

const poolingAttrs = ({ filterSize, strides, pad, dimRoundingMode }: Attrs) => ({
  filterSize,
  strides,
  pad,
  dimRoundingMode,
});

/**
 * With borders in pixels where the number of windows is not rounded down: of planes, TensorFlow.js's gradients of averages do not look
 * at how it is rounded.
 */
function averageAttrs(shape: readonly number[], attrs: Attrs): Attrs {
  if (shape.length !== 4 || !countsOtherwise(attrs)) return poolingAttrs(attrs);
  const { before, after } = poolingWindow(shape, attrs);
  const pad = [[0, 0], ...before.map((n, i) => [n, after[i]!]), [0, 0]];
  return { ...poolingAttrs(attrs), pad, dimRoundingMode: undefined };
}

/**
 * The output is asked for by some kernels' gradients, and has no share in it. In volumes, TensorFlow.js's kernels mistake
 * rows for columns where a window's height is not its width.
 */
const maximum = (kernelName: string): GradConfig => ({
  kernelName,
  inputsToSave: ['x'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => {
    const [input, output] = saved as [Tensor, Tensor];
    const gradient = dy as Tensor;
    const window = poolingWindow(input.shape, attrs as Attrs);
    const sound = window.kernel.at(-1) === window.kernel.at(-2) || window.kernel.length === 2;
    return {
      x: () =>
        sound
          ? runKernel(`${kernelName}Grad`, { dy: gradient, input, output }, poolingAttrs(attrs as Attrs))
          : maxPoolingGradient(gradient, input, window),
    };
  },
});

const maximumGradient = (kernelName: string) =>
  rule(kernelName, ['dy', 'input', 'output'], (ddx, { input, output }, attrs) => ({
    dy: () => atMaximum(ddx, input, poolingWindow(input.shape, attrs)),
    input: () => zerosLike(input),
    output: () => zerosLike(output),
  }));

/** TensorFlow.js averages over the pixels that a window sees, but gives the gradient back as if it saw all its places. */
const average = (kernelName: string) =>
  unary(kernelName, (dy, input, attrs) => {
    const weights = borderWeights(poolingWindow(input.shape, attrs));
    const gradient = weights === undefined ? dy : mul(dy, weights);
    return runKernel(`${kernelName}Grad`, { dy: gradient, input }, averageAttrs(input.shape, attrs));
  });

const averageGradient = (kernelName: string, pooling: string) =>
  rule(kernelName, ['input'], (ddx, { input }, attrs) => ({
    dy: () => {
      const mean = runKernel(pooling, { x: ddx }, poolingAttrs(attrs));
      const window = poolingWindow(input.shape, attrs);
      const share = shareWithin(window);
      return share === undefined ? mean : mul(withoutOutside(mean, window), share);
    },
    input: () => zerosLike(input),
  }));

export const poolings: readonly GradConfig[] = [
  maximum('MaxPool'),
  maximum('MaxPool3D'),
  maximumGradient('MaxPoolGrad'),
  maximumGradient('MaxPool3DGrad'),
  average('AvgPool'),
  average('AvgPool3D'),
  averageGradient('AvgPoolGrad', 'AvgPool'),
  averageGradient('AvgPool3DGrad', 'AvgPool3D'),
];
