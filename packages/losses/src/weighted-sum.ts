import { assertOption, type Raster } from '@segscape/core';
import { add, mul, type Tensor } from '@tensorflow/tfjs-core';
import { defineLoss, type LossFn, type Truth } from './loss.js';

/** Everything that the losses ask to be prepared; the same name means the same thing. */
export const joinPrepared =
  (losses: readonly LossFn[]) =>
  (mask: Raster): Record<string, Raster> =>
    Object.assign({}, ...losses.map(({ prepare }) => prepare?.(mask)));

/**
 * Weighted sum of losses: Dice + cross-entropy, say.
 *
 *     const loss = weightedSum([[dice(), 1], [crossEntropy(), 1]]);
 *
 * It has a value per pixel when all its terms have.
 *
 * @throws {SegscapeError} `BAD_OPTION` without terms or with a weight that is not finite.
 */
export function weightedSum(terms: readonly (readonly [LossFn, number])[]): LossFn {
  const where = 'weightedSum';
  assertOption(terms.length > 0, where, 'terms', terms, 'hold at least one [loss, weight]');
  for (const [, weight] of terms)
    assertOption(Number.isFinite(weight), where, 'weight', weight, 'be a finite number');
  const losses = terms.map(([loss]) => loss);
  const total = (of: (loss: LossFn) => Tensor): Tensor =>
    terms.map(([loss, weight]) => mul(of(loss), weight)).reduce((sum, next) => add(sum, next));
  const inner = ({ labels, prepared }: Truth) => ({ ...prepared, labels });
  return defineLoss(
    where,
    { terms: terms.map(([loss, weight]) => ({ loss: { name: loss.name, ...loss.options }, weight })) },
    {
      delegates: true,
      value: (truth, logits) => total((loss) => loss(inner(truth), logits)),
      ...(losses.every(({ pixelwise }) => pixelwise) && {
        map: (truth: Truth, logits: Tensor) => total((loss) => loss.map(inner(truth), logits)),
      }),
      ...(losses.some(({ prepare }) => prepare) && { prepare: joinPrepared(losses) }),
    },
  );
}
