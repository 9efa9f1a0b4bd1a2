import { mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { dilated, steps } from '../gradients/convolution.js';
import { type Attrs, type Inputs, kernelsOf } from '../kernels/registry.js';
import { runKernel } from '../kernels/run-kernel.js';
import { borderWeights } from '../windows/average.js';
import { maxPoolingGradient } from '../windows/max.js';
import { poolingWindow } from '../windows/window.js';
import {
  convolutionBorders,
  narrowed,
  poolingBorders,
  widened,
  widenedShape,
  withoutPadding,
} from './explicit-padding.js';
import { repairTypes } from './types.js';

/** Less than any value that is compared. */
const lowest = -3.4e38;

/** Whether TensorFlow's own kernels know the padding by name. */
const named = (_inputs: Inputs, { pad }: Attrs) => typeof pad === 'string';

/** Only these pass on what TensorFlow cannot do: a padding in pixels, of images whose channels come last. */
const known = (inputs: Inputs, attrs: Attrs) => named(inputs, attrs) || attrs.dataFormat === 'NCHW';

function repairConvolutions({ repair }: ReturnType<typeof kernelsOf>): void {
  for (const forward of ['Conv2D', 'FusedConv2D', 'DepthwiseConv2dNative', 'FusedDepthwiseConv2D']) {
    const depthwise = forward.includes('Depthwise');
    const borders = (shape: readonly number[], filter: readonly number[], attrs: Attrs) =>
      convolutionBorders(shape, filter, attrs, depthwise);
    repair(
      forward,
      (inputs, attrs) =>
        tidy(() => {
          const { x, filter } = inputs as { x: Tensor; filter: Tensor };
          const image = widened(x, borders(x.shape, filter.shape, attrs));
          return withoutPadding(forward, { ...inputs, x: image }, attrs);
        }),
      known,
    );
    if (forward.startsWith('Fused')) continue;
    repair(
      `${forward}BackpropFilter`,
      ({ x, dy }, attrs) =>
        tidy(() => {
          const image = widened(x!, borders(x!.shape, attrs.filterShape as number[], attrs));
          return withoutPadding(`${forward}BackpropFilter`, { x: image, dy: dy! }, attrs);
        }),
      known,
    );
    repair(
      `${forward}BackpropInput`,
      ({ dy, filter }, attrs) =>
        tidy(() => {
          const shape = attrs.inputShape as number[];
          const around = borders(shape, filter!.shape, attrs);
          const image = withoutPadding(
            `${forward}BackpropInput`,
            { dy: dy!, filter: filter! },
            { ...attrs, inputShape: widenedShape(shape, around) },
          );
          return narrowed(image, around, shape);
        }),
      known,
    );
  }
}

/** Steps of a volume's dilated filter. */
const volumeSteps = (attrs: Attrs) => steps(attrs, 3);

function repairPoolings({ repair }: ReturnType<typeof kernelsOf>): void {
  for (const name of ['MaxPool', 'MaxPool3D'])
    repair(
      name,
      ({ x }, attrs) =>
        tidy(() => withoutPadding(name, { x: widened(x!, poolingBorders(x!.shape, attrs), lowest) }, attrs)),
      named,
    );
  repair(
    'MaxPoolGrad',
    ({ dy, input, output }, attrs) =>
      tidy(() => {
        const borders = poolingBorders(input!.shape, attrs);
        const image = widened(input!, borders, lowest);
        const slope = withoutPadding('MaxPoolGrad', { dy: dy!, input: image, output: output! }, attrs);
        return narrowed(slope, borders, input!.shape);
      }),
    named,
  );
  // Gives every place of a window that holds the maximum the whole gradient, not one of them.
  repair('MaxPool3DGrad', ({ dy, input }, attrs) =>
    maxPoolingGradient(dy!, input!, poolingWindow(input!.shape, attrs)),
  );
  for (const name of ['AvgPool', 'AvgPool3D']) {
    repair(
      name,
      ({ x }, attrs) =>
        tidy(() => {
          const mean = withoutPadding(name, { x: widened(x!, poolingBorders(x!.shape, attrs)) }, attrs);
          const weights = borderWeights(poolingWindow(x!.shape, attrs));
          return weights === undefined ? mean : mul(mean, weights);
        }),
      named,
    );
    // Divides by the pixels that a window sees, which is right; other backends divide by all its places, and the rule of
    // the gradient makes up for that. Without a border both are one.
    repair(
      `${name}Grad`,
      ({ dy, input }, attrs) =>
        tidy(() => {
          const borders = poolingBorders(input!.shape, attrs);
          const image = widened(input!, borders);
          const slope = withoutPadding(`${name}Grad`, { dy: dy!, input: image }, attrs);
          return narrowed(slope, borders, input!.shape);
        }),
      (_inputs, { pad }) => pad === 'valid',
    );
  }
}

/**
 * Makes the kernels of TensorFlow in Node (`@tensorflow/tfjs-node` and `-gpu`) mean what those of the other backends do.
 * Calling it again does nothing.
 */
export function registerTensorflowKernels(): void {
  const kernels = kernelsOf('tensorflow');
  // Know no padding in pixels (https://github.com/tensorflow/tfjs/issues/1077).
  repairConvolutions(kernels);
  repairPoolings(kernels);
  repairTypes();
  // On a processor, knows no dilated windows in volumes.
  kernels.repair(
    'Conv3D',
    ({ x, filter }, attrs) =>
      tidy(() =>
        runKernel(
          'Conv3D',
          { x: x!, filter: dilated(filter!, volumeSteps(attrs)) },
          { ...attrs, dilations: [1, 1, 1] },
        ),
      ),
    (_inputs, attrs) => volumeSteps(attrs).every((step) => step === 1),
  );
  // Knows no axis counted from the end.
  kernels.repair(
    'GatherV2',
    (inputs, attrs) =>
      runKernel('GatherV2', inputs, { ...attrs, axis: (attrs.axis as number) + inputs.x!.shape.length }),
    (_inputs, { axis }) => (axis as number) >= 0,
  );
}
