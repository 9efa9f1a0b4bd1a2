import { add, backend_util, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type Attrs, hasEmpty, type Inputs, type Kernel } from '../kernels/registry.js';
import { runKernel } from '../kernels/run-kernel.js';
import { convolvesWell } from './convolution2d.js';

/** What a fused kernel does to its product or convolution: a bias and an activation, one after the other. */
export const biasAndActivation = (plain: Tensor, inputs: Inputs, attrs: Attrs): Tensor =>
  backend_util.applyActivation(
    inputs.bias ? add(plain, inputs.bias) : plain,
    attrs.activation as 'linear',
    inputs.preluActivationWeights,
    attrs.leakyreluAlpha as number,
  );

/** Whether the bias is one number per channel: others, the backend's fused kernels refuse. */
export const hasChannelBias = ({ bias }: Inputs): boolean => bias === undefined || bias.rank === 1;

/** Whether the backend's fused convolution will do. */
export const fusesWell = (inputs: Inputs, attrs: Attrs): boolean =>
  hasChannelBias(inputs) && !hasEmpty(inputs) && convolvesWell(inputs, attrs);

/** A fused convolution as its parts. */
export const fusedConvolution =
  (forward: 'Conv2D' | 'DepthwiseConv2dNative'): Kernel =>
  (inputs, attrs) =>
    tidy(() => {
      const { strides, pad, dataFormat, dilations, dimRoundingMode } = attrs;
      const plain = { strides, pad, dataFormat, dilations, dimRoundingMode };
      const result = runKernel(forward, { x: inputs.x!, filter: inputs.filter! }, plain);
      return biasAndActivation(result, inputs, attrs);
    });
