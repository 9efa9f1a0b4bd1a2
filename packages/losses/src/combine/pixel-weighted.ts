import { assertOption, type Raster, SegscapeError, sizeOf } from '@segscape/core';
import { assertOptions, options as optionsOf } from '@segscape/core/schema';
import {
  any,
  argMax,
  cast,
  where as choose,
  equal,
  mean,
  mul,
  reshape,
  type Scalar,
  scalar,
  sum,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import { assertMaskValues } from '../class-planes/label-values.js';
import { readNow } from '../class-planes/masks.js';
import { makeLoss } from '../define/make-loss.js';
import * as shared from '../define/shared-options.js';
import type { LossFn, LossLabels } from '../loss.js';
import { configOf, part, partSchema } from './part.js';
import { regionSizeWeightsSchema } from './region-size-weights.js';
import { unetWeightMapSchema } from './unet-weight-map.js';
import type { WeightMap } from './weight-map.js';

export interface PixelWeightedOptions {
  /** Label value left out by the loss and the weights, where they have none themselves. Default: none. */
  readonly ignoreIndex?: number;
}

export const pixelWeightedSchema = optionsOf<PixelWeightedOptions>({
  ignoreIndex: shared.inputOptions.ignoreIndex,
});

/** Parts of a config beside the options. */
interface PixelWeightedParts {
  readonly loss: unknown;
  readonly weightMap?: unknown;
  readonly regionWeights?: unknown;
}

export const pixelWeightedConfigSchema = optionsOf<PixelWeightedOptions & PixelWeightedParts>(
  {
    loss: partSchema('Config of a pixel-wise loss, or its kind alone.', 'focal'),
    weightMap: { ...unetWeightMapSchema, description: "U-Net's border weights." },
    regionWeights: {
      ...regionSizeWeightsSchema,
      description: 'Weights by which every region counts alike, in place of the border weights.',
    },
    ...pixelWeightedSchema.properties,
  },
  ['loss'],
);

/** Weights that the loss inside asks for have another name than those around it. */
const besideWeights = (name: string) =>
  name === 'weights' || name.startsWith('loss.') ? `loss.${name}` : name;
const ofInner = (name: string) => (name.startsWith('loss.') ? name.slice('loss.'.length) : name);

const renamed = <T>(
  record: Readonly<Record<string, T>>,
  rename: (name: string) => string,
): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [rename(name), value]));

/** Class of each pixel of one-hot or soft labels; `ignoreIndex` where an entry is that, and no class. */
function largestClass(labels: Tensor, ignoreIndex: number | undefined): Tensor {
  const largest = argMax(labels, -1);
  const isClass = ignoreIndex === undefined || (ignoreIndex >= 0 && ignoreIndex < labels.shape.at(-1)!);
  if (isClass) return largest;
  const ignored = any(equal(cast(labels, 'float32'), ignoreIndex), -1);
  return choose(ignored, scalar(ignoreIndex, 'int32'), largest);
}

/** Weights of a batch of labels, `[batch, …space]`, made on the spot. */
function measured(
  where: string,
  weights: WeightMap,
  labels: Tensor,
  space: readonly number[],
  ignoreIndex: number | undefined,
): Tensor {
  const [samples = 1, ...sizes] = space;
  const pixels = sizeOf(sizes);
  const advice = "Give { labels, weights } with the weights of the loss's own prepare(mask).";
  const oneHot = labels.size > samples * pixels;
  const values = readNow(
    where,
    'PREPARE_NEEDED',
    advice,
    oneHot ? largestClass(labels, ignoreIndex) : labels,
  );
  const [width = 1, height = 1, depth] = [...sizes].reverse();
  const data = new Float32Array(values.length);
  for (let n = 0; n < samples; n++) {
    // A soft label of one class is of the object above one half; whole numbers stay.
    const plane = Int32Array.from({ length: pixels }, (_, i) => Math.ceil(values[n * pixels + i]! - 0.5));
    const mask: Raster = { data: plane, height, width, channels: 1, ...(depth !== undefined && { depth }) };
    data.set(weights(mask).data, n * pixels);
  }
  return tensor(data, [...space]);
}

/**
 * A pixel-wise loss with a weight for each pixel: the mean of weight · loss over all pixels, so that heavy pixels
 * count more (U-Net sums instead).
 *
 * The weights come from `prepare(mask)` as `{ labels, weights }`, `[batch, …space]` or with a last axis of 1;
 * with plain labels (of soft ones the largest class) they are made on the spot, which reads the labels.
 *
 *     const loss = pixelWeighted(focal(), unetWeightMap({ w0: 10, sigma: 5 }));
 *
 * @param weightMap from one sample's mask to its weights, one channel.
 * @param loss a loss that has a value for each pixel.
 * @param options where the weights come from.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION` for a loss that is not pixel-wise; when called, `SHAPE_MISMATCH`, and
 *   `PREPARE_NEEDED` with plain labels where values cannot be read (WebGPU, under jit).
 */
export function pixelWeighted(
  loss: LossFn<Scalar>,
  weightMap: WeightMap,
  options?: PixelWeightedOptions,
): LossFn<Scalar>;
export function pixelWeighted(loss: LossFn, weightMap: WeightMap, options?: PixelWeightedOptions): LossFn;
export function pixelWeighted(
  loss: LossFn,
  weightMap: WeightMap,
  options: PixelWeightedOptions = {},
): LossFn {
  const where = 'pixelWeighted';
  assertOptions(where, options, pixelWeightedSchema);
  const isPixelwise = typeof loss === 'function' && loss.pixelwise;
  const given = typeof loss === 'function' ? loss.name : loss;
  assertOption(isPixelwise, where, 'loss', given, 'be a pixel-wise loss, such as crossEntropy or focal');
  const isMap = typeof weightMap === 'function';
  assertOption(isMap, where, 'weightMap', weightMap, 'be a function, as unetWeightMap() makes one');
  const inner = part(loss, options.ignoreIndex);
  const weights =
    options.ignoreIndex === undefined ? weightMap : (weightMap.ignoring?.(options.ignoreIndex) ?? weightMap);
  const { reduction = 'mean', ignoreIndex } = inner.options as { reduction?: string; ignoreIndex?: number };
  const weighted = ({ labels, prepared }: LossLabels, logits: Tensor): Tensor => {
    const { weights: around, ...rest } = prepared;
    const map = inner.map({ ...renamed(rest, ofInner), labels }, logits);
    const own = around ?? measured(where, weights, labels, map.shape, ignoreIndex);
    if (own.size !== map.size)
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `${where}: expected weights [${map.shape.join(', ')}], got [${own.shape.join(', ')}]. ` +
          "Batch what the loss's own prepare(mask) gives.",
        { details: { expected: map.shape, weights: own.shape } },
      );
    return mul(map, reshape(own, map.shape));
  };
  return makeLoss(
    {
      name: where,
      options: { loss: configOf(loss), ...options },
      delegates: true,
      scalar: inner.scalar,
      weightsAt: inner.weightsAt,
      ignoring: (label) => pixelWeighted(loss, weightMap, { ...options, ignoreIndex: label }),
    },
    {
      value: (labels, logits) => {
        const map = weighted(labels, logits);
        if (reduction === 'none') return map;
        return reduction === 'sum' ? sum(map) : mean(map);
      },
      map: weighted,
      prepare: (mask) => {
        assertMaskValues(where, mask, ignoreIndex);
        return { ...renamed(inner.prepare?.(mask) ?? {}, besideWeights), weights: weights(mask) };
      },
    },
  );
}
