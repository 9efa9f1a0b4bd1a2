import { type Raster, SegscapeError, sameShape, sizeOf } from '@segscape/core';
import { flag, number, options, positive, word } from '@segscape/core/schema';
import {
  add,
  argMax,
  expandDims,
  log,
  mul,
  oneHot,
  slice,
  square,
  sub,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import { type Activation, activate } from '../class-planes/activation.js';
import { type CountedOptions, countedClasses } from '../class-planes/counted-classes.js';
import { readLabels } from '../class-planes/labels.js';
import { fieldOf, insideField, planeMask, readNow } from '../class-planes/masks.js';
import { planeSums, selectClasses, toPlanes } from '../class-planes/planes.js';
import { ratio, reduceTable } from '../class-planes/reduce.js';
import { defineLoss } from '../define/define-loss.js';
import type { InputOptions } from '../define/shared-options.js';
import * as shared from '../define/shared-options.js';
import type { Reduction } from '../loss.js';

export interface HausdorffOptions extends CountedOptions, InputOptions {
  /** Exponent of the distances. Default 2. */
  readonly alpha?: number;
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
  /**
   * Size of a pixel, `[y, x]` or `[z, y, x]`. Default: what `prepare` found in the masks, `{ labels, spacing }`, else
   * pixels.
   */
  readonly spacing?: readonly number[];
  /** Default `'softmax'`, for one class `'sigmoid'`. */
  readonly activation?: Activation;
  /** Label value left out of the mean; ignored pixels count as background in the distance maps. Default: none. */
  readonly ignoreIndex?: number;
  /** `'none'` gives `[batch, classes]`. Default `'mean'`. */
  readonly reduction?: Reduction;
}

export const hausdorffSchema = options<HausdorffOptions>({
  alpha: number('Exponent of the distances.', { default: 2, ...positive }),
  form: word('Whose distances.', ['monai', 'kervadec'], { default: 'monai' }),
  logLoss: flag('log(1 + loss).', { default: false }),
  includeBackground: shared.includeBackground,
  classes: shared.classes,
  batch: shared.batch,
  spacing: shared.spacing,
  activation: shared.activation,
  reduction: shared.reduction,
  ...shared.inputOptions,
});

const advice = 'It needs the distance map of the prediction itself: use it eagerly on cpu, wasm or webgl.';

/** Size of a pixel in each sample; undefined is 1. */
type PixelSizes = (sample: number) => readonly number[] | undefined;

/** The mask's pixel size at each of its pixels, one channel an axis; 1 where it has none. */
function prepareSpacing(mask: Raster): Record<string, Raster> {
  const sizes = mask.spacing ?? new Array<number>(mask.depth === undefined ? 2 : 3).fill(1);
  const channels = sizes.length;
  const data = Float32Array.from({ length: mask.data.length * channels }, (_, i) => sizes[i % channels]!);
  return { spacing: { ...mask, data, channels } };
}

/** What `prepareSpacing` gave, of a batch: the same at every pixel of a sample. */
function pixelSizes(where: string, prepared: Tensor | undefined, logits: Tensor): PixelSizes {
  if (prepared === undefined) return () => undefined;
  const axes = logits.rank - 2;
  const expected = [...logits.shape.slice(0, -1), axes];
  if (!sameShape(prepared.shape, expected))
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `${where}: expected spacing [${expected.join(', ')}], got [${prepared.shape.join(', ')}]. ` +
        "Batch what the loss's own prepare(mask) gives.",
      { details: { expected, spacing: prepared.shape } },
    );
  const first = slice(
    prepared,
    expected.map(() => 0),
    expected.map((size, axis) => (axis === 0 || axis === expected.length - 1 ? size : 1)),
  );
  const values = Array.from(readNow(where, 'NOT_TRACEABLE', advice, first));
  return (sample) => values.slice(sample * axes, (sample + 1) * axes);
}

/**
 * Hausdorff loss by distance transforms: squared errors, weighed by the distances to both boundaries.
 *
 *     mean of (p - t)² · (D_predicted^alpha + D_true^alpha)
 *
 * The distances have no gradient. They need the prediction's values, so this loss runs eagerly only: not on
 * WebGPU and not under jit. `prepare(mask)` hands on the pixel size of masks that have one.
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`, `NOT_TRACEABLE`.
 * @see Karimi, Salcudean, 2019. https://arxiv.org/abs/1904.10030
 */
export const hausdorff = defineLoss('hausdorff', hausdorffSchema, (settings, where) => {
  const { alpha = 2, batch = false, form = 'monai', spacing } = settings;
  const { logLoss = false, activation, ignoreIndex, reduction = 'mean' } = settings;
  const authors = form === 'kervadec';

  /** Distance fields to the power alpha of every sample and class, of masks given as values above ½. */
  const fields = (regions: Tensor, space: readonly number[], sizes: PixelSizes, whole: boolean): Tensor => {
    const values = readNow(where, 'NOT_TRACEABLE', advice, regions);
    const [classes, samples, pixels] = regions.shape as [number, number, number];
    const data = new Float32Array(values.length);
    for (let image = 0; image < classes * samples; image++) {
      const from = image * pixels;
      const mask = planeMask(space, (pixel) => values[from + pixel]! > 0.5);
      const own = sizes(image % samples);
      const distances = authors ? insideField(mask, own) : fieldOf(mask, own);
      for (let i = 0; i < pixels; i++)
        data[from + i] = (whole ? Math.trunc(distances[i]!) : distances[i]!) ** alpha;
    }
    return tensor(data, regions.shape);
  };

  return {
    value: ({ labels, prepared }, logits) => {
      const { oneHotLabels, scores, valid } = readLabels(where, labels, logits, ignoreIndex);
      const count = logits.shape.at(-1) as number;
      const chosen = countedClasses(where, settings, count);
      const probabilities = activate(scores, activation);
      const predicted =
        authors && count > 1
          ? toPlanes(oneHot(argMax(probabilities, 0), count, 1, 0, 'float32'))
          : probabilities;
      const regions = valid ? mul(predicted, valid) : predicted;
      const space = logits.shape.slice(1, -1);
      const t = selectClasses(oneHotLabels, chosen);
      const sizes = spacing === undefined ? pixelSizes(where, prepared.spacing, logits) : () => spacing;
      const ofPrediction = fields(selectClasses(regions, chosen), space, sizes, authors);
      const distances = add(ofPrediction, fields(t, space, sizes, false));
      const errors = mul(square(sub(selectClasses(probabilities, chosen), t)), distances);
      const pixels = sizeOf(logits.shape.slice(batch ? 0 : 1, -1));
      const losses = valid
        ? ratio(planeSums(mul(errors, valid), batch), planeSums(expandDims(valid, 0), batch))
        : mul(planeSums(errors, batch), 1 / pixels);
      const loss = reduceTable(losses, reduction);
      return logLoss ? log(add(loss, 1)) : loss;
    },
    ...(spacing === undefined && { prepare: prepareSpacing }),
  };
});
