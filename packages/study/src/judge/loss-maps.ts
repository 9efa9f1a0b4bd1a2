import { ignoreLabel, type Raster } from '@segscape/core';
import { crossEntropy, dice, focal } from '@segscape/losses';
import { type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import type { NamedLoss } from '../named-losses.js';
import { logitsOf } from '../predict/known-network.js';

/** What a mask costs where nothing else is asked for; pixel by pixel only the first two say. */
export const usualLosses: readonly Pick<NamedLoss, 'label' | 'loss'>[] = [
  { label: 'crossEntropy', loss: crossEntropy({ ignoreIndex: ignoreLabel }) },
  { label: 'focal gamma 2', loss: focal({ gamma: 2, ignoreIndex: ignoreLabel }) },
  { label: 'dice', loss: dice({ ignoreIndex: ignoreLabel }) },
];

export interface LossMap {
  readonly label: string;
  /** Row by row; 0 at void pixels. */
  readonly values: Float32Array;
}

/**
 * Pixelwise losses of probabilities: of the logits `log p`, whose softmax they are.
 * @param truth class indices.
 * @param probabilities `[height, width, classes]`.
 */
export async function lossMaps(
  truth: Raster,
  probabilities: Raster,
  losses: readonly Pick<NamedLoss, 'label' | 'loss'>[],
): Promise<LossMap[]> {
  const { height, width, channels } = probabilities;
  const maps: LossMap[] = [];
  for (const { label, loss } of losses) {
    if (!loss.pixelwise) continue;
    const values = tidy((): Tensor => {
      const labels = tensor(Int32Array.from(truth.data), [1, height, width], 'int32');
      const given = tensor(Float32Array.from(probabilities.data), [1, height, width, channels]);
      return loss.map({ labels }, logitsOf(given, 'none'));
    });
    try {
      maps.push({ label, values: (await values.data()) as Float32Array });
    } finally {
      values.dispose();
    }
  }
  return maps;
}
