import { assertOption } from '@segscape/core';
import {
  add,
  argMax,
  expandDims,
  log,
  mean,
  mul,
  oneHot,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
} from '@tensorflow/tfjs-core';
import { type Activation, activate } from './activation.js';
import { fieldOf, insideField, planeMask, readNow } from './distance-maps.js';
import { defineLoss, type LossFn, type Reduction } from './loss.js';
import { planeSums, selectClasses, toPlanes } from './planes.js';
import { assertReduction, ratio } from './reduce.js';
import { countedClasses } from './region.js';
import { readTarget } from './truth.js';

export interface HausdorffOptions {
  /** Exponent of the distances. Default 2. */
  readonly alpha?: number;
  /** With false, class 0 does not count. Default true. */
  readonly includeBackground?: boolean;
  /** The classes that count. Default: all, or all but 0 without `includeBackground`. */
  readonly classes?: readonly number[];
  /** Take the means over the whole batch rather than per sample. Default false. */
  readonly batch?: boolean;
  /**
   * Whose distances. MONAI's: of what has a probability above ½, on both sides of the boundary, and 0 for a
   * region that is empty or full. Kervadec's code: of what has the largest probability, inside only, the
   * prediction's cut to whole numbers, and a full region measured from the pixel before the first. Default `'monai'`.
   */
  readonly form?: 'monai' | 'kervadec';
  /** Take log(1 + loss). Default false. */
  readonly logLoss?: boolean;
  /** Size of a pixel, `[y, x]` or `[z, y, x]`. Default: pixels. */
  readonly spacing?: readonly number[];
  /** Default `'softmax'`, for one class `'sigmoid'`. */
  readonly activation?: Activation;
  /** Label value left out of the mean; ignored pixels count as background in the distance maps. Default: none. */
  readonly ignoreIndex?: number;
  /** `'none'` gives `[batch, classes]`. Default `'mean'`. */
  readonly reduction?: Reduction;
}

/**
 * Hausdorff loss by distance transforms: squared errors, weighed by the distances to both boundaries.
 *
 *     mean of (p - t)² · (D_predicted^alpha + D_true^alpha)
 *
 * The distances have no gradient. They need the prediction's values, so this loss runs eagerly only: not on
 * WebGPU and not under jit.
 *
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`, `NOT_TRACEABLE`.
 * @see Karimi, Salcudean, 2019. https://arxiv.org/abs/1904.10030
 */
export function hausdorff(options: HausdorffOptions = {}): LossFn {
  const where = 'hausdorff';
  const { alpha = 2, batch = false, form = 'monai', spacing } = options;
  const { logLoss = false, activation, ignoreIndex, reduction = 'mean' } = options;
  assertReduction(where, reduction);
  assertOption(alpha > 0, where, 'alpha', alpha, 'be positive');
  assertOption(['monai', 'kervadec'].includes(form), where, 'form', form, "be 'monai' or 'kervadec'");
  const authors = form === 'kervadec';

  /** Distance fields to the power alpha of every sample and class, of masks given as values above ½. */
  const fields = (regions: Tensor, space: readonly number[], whole: boolean): Tensor => {
    const advice =
      'It needs the distance map of the prediction itself: use it eagerly on cpu, wasm or webgl.';
    const values = readNow(where, 'NOT_TRACEABLE', advice, regions);
    const [classes, samples, pixels] = regions.shape as [number, number, number];
    const data = new Float32Array(values.length);
    for (let image = 0; image < classes * samples; image++) {
      const from = image * pixels;
      const mask = planeMask(space, (pixel) => values[from + pixel]! > 0.5);
      const distances = authors ? insideField(mask, spacing) : fieldOf(mask, spacing);
      for (let i = 0; i < pixels; i++)
        data[from + i] = (whole ? Math.trunc(distances[i]!) : distances[i]!) ** alpha;
    }
    return tensor(data, regions.shape);
  };

  return defineLoss(where, options, {
    value: ({ labels }, logits) => {
      const { target, scores, valid } = readTarget(where, labels, logits, ignoreIndex);
      const count = logits.shape.at(-1) as number;
      const chosen = countedClasses(where, options, count);
      const probabilities = activate(scores, activation);
      const regions =
        authors && count > 1
          ? toPlanes(oneHot(argMax(probabilities, 0), count, 1, 0, 'float32'))
          : probabilities;
      const space = logits.shape.slice(1, -1);
      const t = selectClasses(target, chosen);
      const distances = add(fields(selectClasses(regions, chosen), space, authors), fields(t, space, false));
      const errors = mul(square(sub(selectClasses(probabilities, chosen), t)), distances);
      const pixels = logits.shape.slice(batch ? 0 : 1, -1).reduce((product, size) => product * size, 1);
      const losses = valid
        ? ratio(planeSums(mul(errors, valid), batch), planeSums(expandDims(valid, 0), batch))
        : mul(planeSums(errors, batch), 1 / pixels);
      const reduced = { none: transpose, sum, mean };
      const loss = reduced[reduction](losses);
      return logLoss ? log(add(loss, 1)) : loss;
    },
  });
}
