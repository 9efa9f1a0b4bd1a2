import { assertOption, type Raster } from '@segscape/core';
import { argMax, mean, mul, reshape, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { readNow } from './distance-maps.js';
import { assertMaskValues } from './label-values.js';
import { defineLoss, type LossFn, type Truth } from './loss.js';

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
 * @throws {SegscapeError} `BAD_OPTION` for a loss that is not pixel-wise; when called, `SHAPE_MISMATCH`, and
 *   `PREPARE_NEEDED` with plain labels where values cannot be read (WebGPU, under jit).
 */
export function pixelWeighted(loss: LossFn, weightMap: (mask: Raster) => Raster): LossFn {
  const where = 'pixelWeighted';
  assertOption(
    loss.pixelwise,
    where,
    'loss',
    loss.name,
    'be a pixel-wise loss, such as crossEntropy or focal',
  );

  const measure = (labels: Tensor, space: readonly number[]): Tensor => {
    const sizes = space.slice(1);
    const pixels = sizes.reduce((product, size) => product * size, 1);
    const samples = space[0] as number;
    const advice = "Give { labels, weights } with the weights of the loss's own prepare(mask).";
    const oneHot = labels.size > samples * pixels;
    const values = readNow(where, 'PREPARE_NEEDED', advice, oneHot ? argMax(labels, -1) : labels);
    const [width = 1, height = 1, depth] = [...sizes].reverse();
    const data = new Float32Array(values.length);
    for (let n = 0; n < samples; n++) {
      const plane = Int32Array.from({ length: pixels }, (_, i) => values[n * pixels + i]!);
      const mask = { data: plane, height, width, channels: 1, ...(depth !== undefined && { depth }) };
      data.set(weightMap(mask).data, n * pixels);
    }
    return tensor(data, [...space]);
  };

  const weighted = ({ labels, prepared }: Truth, logits: Tensor): Tensor => {
    const map = loss.map({ ...prepared, labels }, logits);
    const weights = prepared.weights ?? measure(labels, map.shape);
    return mul(map, reshape(weights, map.shape));
  };
  const { reduction = 'mean', ignoreIndex } = loss.options as { reduction?: string; ignoreIndex?: number };
  return defineLoss(
    where,
    { loss: { name: loss.name, ...loss.options } },
    {
      delegates: true,
      value: (truth, logits) => {
        const map = weighted(truth, logits);
        if (reduction === 'none') return map;
        return reduction === 'sum' ? sum(map) : mean(map);
      },
      map: weighted,
      prepare: (mask) => {
        assertMaskValues(where, mask, ignoreIndex);
        return { ...loss.prepare?.(mask), weights: weightMap(mask) };
      },
    },
  );
}
