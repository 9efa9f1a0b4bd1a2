import { dispose } from '@tensorflow/tfjs-core';
import { largestClass } from '../largest-class.js';
import { decidedPlanes } from '../overlapping/label-planes.js';
import type { Setup } from '../setup.js';
import { batchesTogether } from './batches-together.js';
import type { ShownNetwork } from './shown-networks.js';

/** How far the networks of the losses are from each other on one image. */
export interface DisputedImage {
  readonly id: string;
  /** Mean over all pairs of losses, in [0, 1]. */
  readonly disagreement: number;
  /** Mean over the pairs with that loss. */
  readonly byLoss: Readonly<Record<string, number>>;
}

/** Where the losses disagree, on every test image. */
export interface DisputesFact {
  /** Of two masks: pixels that they call differently, of those that either calls other than the first class. */
  readonly measure: 'jaccardDistance';
  /** Of the networks that are compared, one a loss: the first that did not diverge. */
  readonly seeds: Readonly<Record<string, number>>;
  /** In the order of the test images. */
  readonly images: readonly DisputedImage[];
}

/**
 * One less the intersection over the union of two masks: 0 where they are the same, 1 where they share nothing. Of several classes the
 * union is every pixel that either calls other than the first; pixels that both call the first class, or that nothing is known
 * of, count for nothing.
 *
 * @param a class indices, or planes of 0 and 1 one after the other.
 * @param b the same of another network.
 * @param isVoid whether nothing is known of the truth at an index.
 * @returns in [0, 1]; 0 for two empty masks.
 * @see Jaccard, The distribution of the flora in the alpine zone, 1912; that it is a metric: Levandowsky and Winter, 1971.
 */
export function jaccardDistance(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  isVoid: (index: number) => boolean = () => false,
): number {
  let union = 0;
  let differ = 0;
  for (let i = 0; i < a.length; i++) {
    if ((a[i] === 0 && b[i] === 0) || isVoid(i)) continue;
    union++;
    if (a[i] !== b[i]) differ++;
  }
  return union === 0 ? 0 : differ / union;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The disputes over one image, from what each loss's network calls its pixels. */
export function disputeOver(
  id: string,
  masks: Readonly<Record<string, ArrayLike<number>>>,
  isVoid?: (index: number) => boolean,
): DisputedImage {
  const losses = Object.keys(masks);
  const pairs = losses.flatMap((a, i) =>
    losses.slice(i + 1).map((b) => ({ a, b, distance: jaccardDistance(masks[a]!, masks[b]!, isVoid) })),
  );
  return {
    id,
    disagreement: mean(pairs.map(({ distance }) => distance)),
    byLoss: Object.fromEntries(
      losses.map((loss) => [
        loss,
        mean(pairs.filter(({ a, b }) => a === loss || b === loss).map(({ distance }) => distance)),
      ]),
    ),
  };
}

/** What each pixel is called: class indices, or planes. */
function called({ classes, overlapping }: Setup, probabilities: Float32Array): ArrayLike<number> {
  const channels = classes.length;
  const raster = { data: probabilities, height: 1, width: probabilities.length / channels, channels };
  return (overlapping ? decidedPlanes(raster) : largestClass(raster)).data;
}

/**
 * How far the losses' networks are from each other on every test image; one batch, as each of them sees it, is in memory.
 * @returns undefined with fewer than two networks, or when the signal stopped it.
 */
export async function disputesOf(
  setup: Setup,
  networks: readonly ShownNetwork[],
  signal?: AbortSignal,
): Promise<DisputesFact | undefined> {
  if (networks.length < 2) return undefined;
  const images: DisputedImage[] = [];
  const setups = networks.map((network) => network.setup);
  for await (const batches of batchesTogether(setups, (own) => own.evaluationBatches(own.test))) {
    if (signal?.aborted) return undefined;
    const { labels, ids } = batches.get(setups[0]!)!;
    const truth = await labels.data();
    const own = <T extends Int32Array | Float32Array>(values: T, i: number) =>
      values.subarray((i * values.length) / ids.length, ((i + 1) * values.length) / ids.length) as T;
    const masks: [string, Float32Array][] = [];
    for (const { loss, params, setup: of, predict } of networks) {
      const result = await predict(params, batches.get(of)!.images);
      masks.push([loss, (await result.probabilities.data()) as Float32Array]);
      dispose([result.logits, result.probabilities]);
    }
    for (const [i, id] of ids.entries()) {
      const known = own(truth as Int32Array, i);
      const each = masks.map(([loss, values]) => [loss, called(setup, own(values, i))] as const);
      images.push(disputeOver(id, Object.fromEntries(each), (at) => known[at] === setup.ignoreIndex));
    }
  }
  return {
    measure: 'jaccardDistance',
    seeds: Object.fromEntries(networks.map(({ loss, seed }) => [loss, seed])),
    images,
  };
}
