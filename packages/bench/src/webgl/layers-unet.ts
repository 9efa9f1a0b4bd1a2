import type { Params } from '@segscape/core';
import { losses, type Tensor, train } from '@tensorflow/tfjs-core';
import { type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Shape } from '../benches/networks.js';

/** The same U-Net of Keras-like layers, as one writes it with TensorFlow.js, with the same weights, compiled with Adam and cross-entropy. */
export function layersUnet({ base, depth, size, channels, norm }: Shape, params: Params): LayersModel {
  const given: [weights: { setWeights(values: Tensor[]): void }, names: string[]][] = [];
  const normed = norm === 'batch';
  const convolution = (x: SymbolicTensor, scope: string, at: number, filters: number): SymbolicTensor => {
    const conv = layers.conv2d({
      filters,
      kernelSize: 3,
      padding: 'same',
      useBias: !normed,
      ...(!normed && { activation: 'relu' }),
    });
    const kernel = `${scope}.conv.${at}`;
    given.push([conv, normed ? [`${kernel}.kernel`] : [`${kernel}.kernel`, `${kernel}.bias`]]);
    const y = conv.apply(x) as SymbolicTensor;
    if (!normed) return y;
    const normalization = layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 });
    given.push([
      normalization,
      ['scale', 'offset', 'mean', 'variance'].map((name) => `${scope}.norm.${at}.${name}`),
    ]);
    return layers.reLU().apply(normalization.apply(y)) as SymbolicTensor;
  };
  const block = (x: SymbolicTensor, scope: string, filters: number) =>
    convolution(convolution(x, scope, 0, filters), scope, 1, filters);
  const image = layers.input({ shape: [size, size, channels] });
  const skipped: SymbolicTensor[] = [];
  let x = image;
  for (let level = 0; level < depth; level++) {
    if (level > 0) x = layers.maxPooling2d({ poolSize: 2 }).apply(x) as SymbolicTensor;
    x = block(x, `encoder.${level}`, base * 2 ** level);
    skipped.push(x);
  }
  for (let level = depth - 2; level >= 0; level--) {
    const filters = base * 2 ** level;
    // Its steps are counted from the coarsest.
    const scope = `decoder.${depth - 2 - level}`;
    const up = layers.conv2dTranspose({ filters, kernelSize: 2, strides: 2 });
    given.push([up, [`${scope}.up.kernel`, `${scope}.up.bias`]]);
    x = layers.concatenate().apply([up.apply(x) as SymbolicTensor, skipped[level]!]) as SymbolicTensor;
    x = block(x, scope, filters);
  }
  const head = layers.conv2d({ filters: 2, kernelSize: 1 });
  given.push([head, ['head.kernel', 'head.bias']]);
  const whole = model({ inputs: image, outputs: head.apply(x) as SymbolicTensor });
  for (const [layer, names] of given) layer.setWeights(names.map((name) => params[name]!));
  whole.compile({
    optimizer: train.adam(1e-3),
    loss: (labels: Tensor, logits: Tensor) =>
      losses.softmaxCrossEntropy(labels.reshape([-1, 2]), logits.reshape([-1, 2])),
  });
  return whole;
}
