import { type Params, turns } from '@segscape/core';
import { jit } from '@segscape/jit';
import { cka, type Batch as GridBatch } from '@segscape/landscape';
import type { SimilarityFact } from '@segscape/report';
import { concat, dispose, gather, reshape, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { TaskContext } from './context.js';
import type { Walked } from './map-drawing.js';

/** Places of each image that are compared: 8 × 8, of a volume 4 × 4 × 4. */
const placesAlong = (axes: number) => (axes === 3 ? 4 : 8);

/** Places of a layer that lie as evenly over its space as those of any other layer do. */
function sampled(features: Tensor): Tensor {
  const axes = features.rank - 2;
  const count = placesAlong(axes);
  let some = features;
  for (let axis = 1; axis <= axes; axis++) {
    const length = features.shape[axis]!;
    const at = Array.from({ length: count }, (_, k) => Math.floor(((k + 0.5) * length) / count));
    some = gather(some, tensor1d(at, 'int32'), axis);
  }
  return reshape(some, [-1, features.shape.at(-1)!]);
}

/** Blocks of a network, without the layers inside them: what a block gives stands for it. */
export function blocksOf(taps: readonly string[]): string[] {
  const blocks = taps.filter((tap) => !taps.some((other) => tap.startsWith(`${other}.`)));
  return blocks.length < 3 ? [...taps] : blocks;
}

/** Rows of all batches below each other, by layer. */
async function featuresOf(
  layers: readonly string[],
  batches: readonly GridBatch[],
  see: (images: Tensor) => Promise<Record<string, Tensor>>,
): Promise<Record<string, Tensor>> {
  const seen: Record<string, Tensor>[] = [];
  try {
    for (const batch of batches) seen.push(await see((batch as unknown as { images: Tensor }).images));
    return Object.fromEntries(
      layers.map((layer) => [layer, tidy(() => concat(seen.map((rows) => rows[layer]!)))]),
    );
  } finally {
    dispose(seen.flatMap((rows) => Object.values(rows)));
  }
}

/**
 * How alike the last networks of each two losses are, layer by layer, on the same places of the same images: places and not whole images
 * are the examples, since a few images are fewer than a layer has features, and then all layers look alike.
 */
export async function similaritiesOf(
  { config, setup: { model }, jit: options, signal }: TaskContext,
  walked: readonly Walked[],
  held: readonly GridBatch[],
): Promise<SimilarityFact[]> {
  const ends = walked.filter(({ stations }) => stations.length > 0);
  if (!config.landscape.similarity || ends.length < 2) return [];
  const taps = blocksOf(model.taps);
  const look = jit(
    ({ weights, images }: { weights: Params; images: Tensor }): Record<string, Tensor> =>
      Object.fromEntries(taps.map((tap) => [tap, sampled(model.apply(weights, images, { tap }))])),
    options,
  );
  const features: Record<string, Tensor>[] = [];
  const facts: SimilarityFact[] = [];
  try {
    for (const { stations } of ends)
      features.push(
        await featuresOf(taps, held, (images) => look({ weights: stations.at(-1)! as Params, images })),
      );
    const places = features[0]![taps[0]!]!.shape[0]!;
    const images = held.reduce(
      (total, batch) => total + (batch as unknown as { images: Tensor }).images.shape[0]!,
      0,
    );
    const turn = turns();
    for (const [i, a] of ends.entries())
      for (const [k, b] of ends.entries()) {
        if (k <= i || signal?.aborted) continue;
        await turn();
        const { rows, columns, values } = await cka(features[i]!, features[k]!);
        facts.push({
          a: a.task.named.label,
          b: b.task.named.label,
          rows,
          columns,
          values: values.map((row) => Array.from(row, (value) => Number(value.toFixed(4)))),
          images,
          places,
        });
      }
    return facts;
  } finally {
    dispose(features.flatMap((rows) => Object.values(rows)));
    await look.dispose();
  }
}
