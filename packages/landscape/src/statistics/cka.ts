import { SegscapeError } from '@segscape/core';
import { matMul, mean, reshape, sub, type Tensor, tidy, transpose } from '@tensorflow/tfjs-core';

/**
 * The centred inner products of a layer's activations, [images, images], in host memory: all of them that similarity needs.
 * Activations of any shape `[images, …]` are flat vectors, one an image.
 */
async function centredGram(x: Tensor): Promise<Float64Array> {
  const gram = tidy(() => {
    const rows = reshape(x, [x.shape[0]!, -1]);
    const centred = sub(rows, mean(rows, 0, true));
    // By transpose and not by the flag: with an odd number of features TensorFlow.js's WebGL kernel would then multiply
    // what lies beside the tensor in its texture, too.
    return matMul(centred, transpose(centred));
  });
  try {
    return Float64Array.from(await gram.data());
  } finally {
    gram.dispose();
  }
}

function similarity(a: Float64Array, b: Float64Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

export interface CkaMatrix {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Similarity of each layer of the one net (rows) and each of the other, in [0, 1]; NaN for one that is constant. */
  readonly values: readonly Float64Array[];
}

/** Linear centred kernel alignment between the layers of two networks on the same images. */
export async function cka(
  a: Readonly<Record<string, Tensor>>,
  b: Readonly<Record<string, Tensor>>,
): Promise<CkaMatrix> {
  const images = Object.values(a)[0]?.shape[0] ?? 0;
  if (images < 2)
    throw new SegscapeError('BAD_OPTION', `cka: expected activations of at least 2 images, got ${images}.`);
  for (const [name, { shape }] of [...Object.entries(a), ...Object.entries(b)])
    if (shape[0] !== images)
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `cka: '${name}' is [${shape}]; expected ${images} images on its first axis, as the first layer has.`,
      );
  const grams = async (layers: Readonly<Record<string, Tensor>>) => {
    const found: Float64Array[] = [];
    for (const layer of Object.values(layers)) found.push(await centredGram(layer));
    return found;
  };
  const [mine, theirs] = [await grams(a), await grams(b)];
  return {
    rows: Object.keys(a),
    columns: Object.keys(b),
    values: mine.map((x) => Float64Array.from(theirs, (y) => similarity(x, y))),
  };
}
