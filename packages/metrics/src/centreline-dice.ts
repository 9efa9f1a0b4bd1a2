import { assertOptions, options as optionsOf, word } from '@segscape/core/schema';
import { thin } from '@segscape/morphology';
import type { Answer, Values } from './grid.js';
import { type Mask, onMasks, rasterOf } from './mask.js';
import * as shared from './shared-options.js';

export interface CentrelineDiceOptions {
  /** Whose skeleton, of `thin` of morphology. Default `'scikit-image'`, that of the paper's own code. */
  readonly method?: 'scikit-image' | 'guo-hall' | 'zhang-suen';
  /** Result when neither mask has an object. Default NaN. */
  readonly bothEmpty?: number;
}

export const centrelineDiceSchema = optionsOf<CentrelineDiceOptions>({
  method: word('By whose rules masks are thinned.', ['scikit-image', 'guo-hall', 'zhang-suen'], {
    default: 'scikit-image',
  }),
  bothEmpty: shared.bothEmpty,
});

/** Share of a skeleton that lies in a mask; 0 without a skeleton. */
function inside(skeleton: ArrayLike<number>, { data }: Mask): number {
  let [there, all] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    if (skeleton[i] === 0) continue;
    all++;
    there += data[i]!;
  }
  return all === 0 ? 0 : there / all;
}

/**
 * Centreline Dice (clDice): of thin and long objects, whose Dice changes little when a branch is lost. The harmonic mean of
 * the share of the predicted skeleton that lies in the true mask (nothing invented) and the share of the true skeleton that
 * lies in the predicted mask (nothing missed).
 *
 * Where one mask is empty, or neither skeleton meets the other's mask, it is 0; the paper's own code gives NaN there.
 *
 * @param labels one mask: a raster, or `[height, width]`; any value but 0 is inside.
 * @param predictions likewise, of the same shape; after argmax.
 * @param options their defaults stand with their types.
 * @returns one number in [0, 1], NaN where neither has an object; a promise where tensors came in.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `MASK_VALUE_UNKNOWN`; `BAD_OPTION` for volumes, which `thin` does not take.
 * @see Shit et al., clDice: a novel topology-preserving loss function for tubular structure segmentation, 2021.
 *   https://arxiv.org/abs/2003.07311
 */
export function centrelineDice<V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: CentrelineDiceOptions = {},
): Answer<V | W, number> {
  const where = 'centrelineDice';
  assertOptions(where, options, centrelineDiceSchema);
  const { method = 'scikit-image', bothEmpty = Number.NaN } = options;
  return onMasks(where, [labels, predictions], undefined, (truth, predicted) => {
    const [lines, found] = [truth, predicted].map((mask) => thin(rasterOf(mask), { method }).data);
    if (!truth.data.includes(1) && !predicted.data.includes(1)) return bothEmpty;
    const [precision, sensitivity] = [inside(found!, truth), inside(lines!, predicted)];
    return precision + sensitivity === 0 ? 0 : (2 * precision * sensitivity) / (precision + sensitivity);
  });
}
