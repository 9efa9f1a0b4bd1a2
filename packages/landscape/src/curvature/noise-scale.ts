import { SegscapeError } from '@segscape/core';
import { type Batch, batchSize } from '../grids/objective.js';
import { type CurvatureProblem, gradientField, lengthOf } from './gradient-field.js';

export interface NoiseScale {
  /**
   * Samples in a batch at which the gradient's noise is as large as the gradient: tr(Σ) / ‖G‖². Infinite without signal, NaN
   * where a gradient is not finite.
   */
  readonly noiseScale: number;
  /** tr(Σ): variance of one sample's gradient, summed over the weights. */
  readonly gradientVariance: number;
  /** ‖G‖²: squared length of the true gradient, with the noise taken off; it may come out negative where all is noise. */
  readonly gradientNorm2: number;
}

/** Gradient noise scale, from the spread of the gradients of batches. */
export async function gradientNoiseScale<B extends Batch>(problem: CurvatureProblem<B>): Promise<NoiseScale> {
  const where = 'gradientNoiseScale';
  const { batches } = problem;
  if (!Array.isArray(batches) || batches.length < 2)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: expected at least 2 batches, whose gradients differ, got ${batches?.length ?? 'none'}.`,
    );
  const { weights: _, ...unweighed } = problem;
  const field = await gradientField(where, unweighed);
  try {
    const sizes = batches.map(batchSize);
    const total = sizes.reduce((sum, n) => sum + n, 0);
    // Running mean and spread (West, 1979), so that one gradient is held at a time.
    const mean = new Float64Array(field.size);
    let [seen, spread, k] = [0, 0, 0];
    for await (const { gradient } of field.each()) {
      const n = sizes[k++]!;
      seen += n;
      for (let i = 0; i < mean.length; i++) {
        const ahead = gradient[i]! - mean[i]!;
        mean[i]! += (n / seen) * ahead;
        spread += n * ahead * (gradient[i]! - mean[i]!);
      }
    }
    const gradientVariance = spread / (batches.length - 1);
    const gradientNorm2 = lengthOf(mean) ** 2 - gradientVariance / total;
    const noiseScale = gradientNorm2 <= 0 ? Number.POSITIVE_INFINITY : gradientVariance / gradientNorm2;
    return { noiseScale, gradientVariance, gradientNorm2 };
  } finally {
    await field.dispose();
  }
}
