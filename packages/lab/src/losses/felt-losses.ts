import type { Raster } from '@segscape/core';
import { type Batch, batches, memoryDataset, phantomDataset } from '@segscape/data';
import { type LossFn, type LossProfile, lossFromConfig, lossProfile } from '@segscape/losses';
import { dispose, grad, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { type Distortion, distortedLogits, outlineDistance } from './prediction.js';

export interface ExampleChoice {
  readonly phantom: 'fundus' | 'membrane';
  readonly index: number;
}

export interface Example {
  readonly image: Raster;
  readonly mask: Raster;
  readonly classes: readonly string[];
}

/** What one loss says of the prediction. */
export interface FeltLoss {
  readonly value: number;
  /** Loss of each pixel, `[height, width]`; absent where the loss is no sum over pixels. */
  readonly loss?: Float32Array;
  /** Derivative of the loss by the foreground's logit at each pixel, `[height, width]`. */
  readonly gradient: Float32Array;
}

/** One that fails tells why, and the others are shown. */
export type Answer<T> = { readonly answer: T } | { readonly problem: string };

type Config = { readonly kind: string; readonly [option: string]: unknown };

const side = 96;
const examples = 12;

async function told<T>(action: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { answer: await action() };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** An example image with its truth, on which losses are felt. */
export class FeltLosses {
  #example: (Example & { readonly distance: Float32Array }) | undefined;

  async choose({ phantom, index }: ExampleChoice): Promise<Example> {
    const dataset = phantomDataset({ kind: phantom, count: examples, height: side, width: side, seed: 7 });
    const { image, mask } = await dataset.get(index % examples);
    this.#example = { image, mask, classes: dataset.classes, distance: outlineDistance(mask) };
    return { image, mask, classes: dataset.classes };
  }

  profiles(losses: readonly Config[]): Promise<Answer<LossProfile>[]> {
    return inTurn(losses, (config) => lossProfile(lossFromConfig(config), { points: 81 }));
  }

  /** Probability of class 1, `[height, width]`. */
  prediction(distortion: Distortion): Float32Array {
    const logits = this.#logits(distortion);
    return Float32Array.from(
      { length: logits.length / 2 },
      (_, i) => 1 / (1 + Math.exp(-logits[2 * i + 1]!)),
    );
  }

  feel(losses: readonly Config[], distortion: Distortion): Promise<Answer<FeltLoss>[]> {
    const logits = this.#logits(distortion);
    return inTurn(losses, (config) => this.#felt(lossFromConfig(config), logits));
  }

  #logits(distortion: Distortion): Float32Array {
    const { distance, mask } = this.#example!;
    return distortedLogits(distance, mask.height, mask.width, distortion);
  }

  async #felt(loss: LossFn, values: Float32Array): Promise<FeltLoss> {
    const { image, mask, classes } = this.#example!;
    const sample = { id: 'example', image, mask };
    const options = { batchSize: 1, ...(loss.prepare && { prepare: loss.prepare }) };
    for await (const batch of batches(memoryDataset([sample], classes), options))
      return feltOn(loss, batch, values);
    throw new Error('The example holds no image.');
  }
}

async function feltOn(
  loss: LossFn,
  { images, labels, prepared = {} }: Batch,
  values: Float32Array,
): Promise<FeltLoss> {
  const [, height, width] = labels.shape as [number, number, number];
  const given = { labels, ...prepared };
  const results = tidy(() => {
    const logits = tensor(values, [1, height, width, 2]);
    return {
      value: sum(loss(given, logits)),
      gradient: grad((z: Tensor) => sum(loss(given, z)))(logits),
      ...(loss.pixelwise && { map: loss.map(given, logits) }),
    };
  });
  try {
    const gradients = await results.gradient.data();
    return {
      value: (await results.value.data())[0]!,
      gradient: Float32Array.from({ length: height * width }, (_, i) => gradients[2 * i + 1]!),
      ...(results.map && { loss: (await results.map.data()) as Float32Array }),
    };
  } finally {
    dispose([images, labels, ...Object.values(prepared), ...Object.values(results)]);
  }
}

async function inTurn<T>(
  losses: readonly Config[],
  action: (config: Config) => Promise<T>,
): Promise<Answer<T>[]> {
  const answers: Answer<T>[] = [];
  for (const config of losses) answers.push(await told(() => action(config)));
  return answers;
}
