import { add, mul, relu, sigmoid, type Tensor } from '@tensorflow/tfjs-core';
import { convolution } from './convolution.js';
import type { Layer, Pass } from './layer.js';

/** Weighs skipped maps by a signal of the same size. */
export interface Gate {
  readonly layers: readonly Layer[];
  apply(skip: Tensor, signal: Tensor, pass: Pass): Tensor;
}

/**
 * Additive attention: one weight in [0, 1] a pixel, `sigmoid(psi(relu(signal + skip)))` with 1×1 convolutions to half
 * the channels. Here the signal is the upsampled map, so that both have one size and no weight need be interpolated.
 *
 * @param scope what its parameters begin with.
 * @param spatial 2 for images, 3 for volumes.
 * @param channels of the skipped maps.
 * @returns a part of a network.
 */
export function attentionGate(scope: string, spatial: 2 | 3, channels: number): Gate {
  const inner = Math.max(1, channels >> 1);
  const one = (name: string, from: number, to: number) =>
    convolution(`${scope}.${name}`, { spatial, size: 1, from, to, padding: 'same' });
  const [signals, skips, psi] = [
    one('signal', channels, inner),
    one('skip', channels, inner),
    one('psi', inner, 1),
  ];
  return {
    layers: [signals, skips, psi],
    apply: (skip, signal, pass) =>
      mul(skip, sigmoid(psi.apply(relu(add(signals.apply(signal, pass), skips.apply(skip, pass))), pass))),
  };
}
