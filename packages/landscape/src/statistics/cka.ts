import { assertKnown, SegscapeError, turns } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { assertWeights } from '../directions/assert-weights.js';

/**
 * The centred inner products of a layer's activations, [images, images]: all of them that similarity needs. Activations of any
 * shape `[images, …]` are flat vectors, one an image. On the host and in double precision: activations far from 0 that differ
 * little keep their digits, and a backend's own product of two such long matrices is slower there.
 */
async function centredGram(x: Tensor): Promise<Float64Array> {
  const values = await x.data();
  const images = x.shape[0]!;
  const length = values.length / images;
  const gram = new Float64Array(images * images);
  const centred = Array.from({ length: images }, () => new Float64Array(Math.min(block, length)));
  for (let start = 0; start < length; start += block) {
    const count = Math.min(block, length - start);
    for (let k = 0; k < count; k++) {
      let mean = 0;
      for (let i = 0; i < images; i++) mean += values[i * length + start + k]!;
      mean /= images;
      for (let i = 0; i < images; i++) centred[i]![k] = values[i * length + start + k]! - mean;
    }
    for (let i = 0; i < images; i++)
      for (let j = 0; j <= i; j++) gram[i * images + j]! += product(centred[i]!, centred[j]!, count);
  }
  for (let i = 0; i < images; i++) for (let j = 0; j < i; j++) gram[j * images + i] = gram[i * images + j]!;
  return gram;
}

/** Features that are centred at a time: what a processor keeps near. */
const block = 1024;

function product(a: Float64Array, b: Float64Array, count: number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += a[k]! * b[k]!;
  return sum;
}

export interface CkaMatrix {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /**
   * Similarity of each layer of the one net (rows) and each of the other, in [0, 1], where it is not `debiased`; NaN for one
   * that is constant.
   */
  readonly values: readonly Float64Array[];
}

export interface CkaOptions {
  /**
   * Takes off what few images and many features alone would make alike (at least 4 images): about 0 for activations that have
   * nothing in common, a little below it too. Default false.
   */
  readonly debiased?: boolean;
}

/**
 * Inner products without those of an image with itself, centred so that sums of their products are unbiased (U-centring).
 * @see Székely and Rizzo, 2014; Song et al., 2012, section 4.2.
 */
function unbiased(gram: Float64Array, images: number): Float64Array {
  const outside = gram.map((value, i) => (i % (images + 1) === 0 ? 0 : value));
  const means = Array.from({ length: images }, (_, i) => {
    const row = outside.subarray(i * images, (i + 1) * images);
    return row.reduce((sum, value) => sum + value, 0) / (images - 2);
  });
  const rest = means.reduce((sum, value) => sum + value, 0) / (images - 1);
  return outside.map((value, i) => {
    const [row, column] = [Math.floor(i / images), i % images];
    return row === column ? 0 : value - means[row]! - means[column]! + rest;
  });
}

/** Linear centred kernel alignment between the layers of two networks on the same images. */
export async function cka(
  a: Readonly<Record<string, Tensor>>,
  b: Readonly<Record<string, Tensor>>,
  options: CkaOptions = {},
): Promise<CkaMatrix> {
  assertKnown('cka', options, ['debiased']);
  const { debiased = false } = options;
  for (const [name, layers] of Object.entries({ a, b })) assertWeights('cka', name, layers);
  const images = Object.values(a)[0]?.shape[0] ?? 0;
  const least = debiased ? 4 : 2;
  if (images < least)
    throw new SegscapeError(
      'BAD_OPTION',
      `cka: expected activations of at least ${least} images, got ${images}.`,
    );
  for (const [name, { shape }] of [...Object.entries(a), ...Object.entries(b)])
    if (shape[0] !== images)
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `cka: '${name}' is [${shape}]; expected ${images} images on its first axis, as the first layer has.`,
      );
  const turn = turns();
  const grams = async (layers: Readonly<Record<string, Tensor>>) => {
    const found: Float64Array[] = [];
    for (const layer of Object.values(layers)) {
      await turn();
      const gram = await centredGram(layer);
      found.push(debiased ? unbiased(gram, images) : gram);
    }
    return found;
  };
  const [mine, theirs] = [await grams(a), await grams(b)];
  const length = (gram: Float64Array) => Math.sqrt(product(gram, gram, gram.length));
  const [lengths, others] = [mine.map(length), theirs.map(length)];
  const values: Float64Array[] = [];
  for (const [i, x] of mine.entries()) {
    await turn();
    values.push(Float64Array.from(theirs, (y, k) => product(x, y, x.length) / (lengths[i]! * others[k]!)));
  }
  return { rows: Object.keys(a), columns: Object.keys(b), values };
}
