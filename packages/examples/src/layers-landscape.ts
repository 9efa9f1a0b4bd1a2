import type { JitOptions } from '@segscape/jit';
import { inline, randomPlane, type Surface, surface } from '@segscape/landscape';
import { mean, type Scalar, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { type LayersModel, metrics } from '@tensorflow/tfjs-layers';

export interface Labelled {
  readonly images: Tensor;
  /** One-hot, `[samples, classes]`. */
  readonly labels: Tensor2D;
}

/**
 * The loss surface of a `tf.LayersModel` that ends in softmax, around the weights that it has.
 *
 * The objective puts each point's weights into the model and asks it: its variables are state that `jit` carries, so the
 * same function runs traced in ONNX Runtime too. The model ends with the weights it began with.
 */
export async function surfaceOf(
  model: LayersModel,
  batches: readonly Labelled[],
  {
    range = 1,
    points = 9,
    seed = 1,
    jit = {},
  }: { range?: number; points?: number; seed?: number; jit?: JitOptions } = {},
): Promise<Surface> {
  const names = model.weights.map(({ name }) => name);
  const before = model.getWeights().map((weight) => weight.clone());
  const params = Object.fromEntries(names.map((name, i) => [name, before[i]!]));
  const { directions } = randomPlane(params, { seed });
  const objective = (at: Readonly<Record<string, Tensor>>, { images, labels }: Labelled) => {
    model.setWeights(names.map((name) => at[name]!));
    const probabilities = model.apply(images, { training: false }) as Tensor2D;
    return {
      crossEntropy: mean(metrics.categoricalCrossentropy(labels, probabilities)) as Scalar,
      accuracy: mean(metrics.categoricalAccuracy(labels, probabilities)) as Scalar,
    };
  };
  const runner = inline(jit);
  try {
    let found: Surface | undefined;
    const axis = [-range, range, points] as const;
    for await (const event of surface({ objective, params, directions, x: axis, y: axis, batches, runner }))
      if (event.type === 'done') found = event.result;
    return found!;
  } finally {
    await runner.dispose();
    model.setWeights(before);
    for (const record of [params, ...directions])
      for (const weight of Object.values(record)) weight.dispose();
  }
}
