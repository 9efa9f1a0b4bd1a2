import type { Params } from '@segscape/core';
import type { Batch } from '@segscape/landscape';
import { crossEntropy, dice, focal } from '@segscape/losses';
import { unet } from '@segscape/models';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Tensors } from '../case.js';
import { normals } from '../inputs.js';
import { modelInputs, paramsOf } from '../models/inputs.js';

/** A small U-Net on one batch of two images. */
export const model = unet({ classes: 2, baseChannels: 2, depth: 2 });

export interface Images extends Batch {
  readonly images: Tensor;
  readonly labels: Tensor;
}

const losses = { crossEntropy: crossEntropy(), dice: dice(), focal: focal() };

/** Three losses from one forward pass. */
export function objective(params: Params, { images, labels }: Images): Record<string, Scalar> {
  const logits = model.apply(params, images);
  return Object.fromEntries(
    Object.entries(losses).map(([name, loss]) => [name, loss(labels, logits) as Scalar]),
  );
}

export const loss = (params: Params, batch: Images): Scalar => objective(params, batch).crossEntropy!;

const directionNames = ['first', 'second'];

/** Weights, images, labels and two directions. */
export const inputs = () => ({
  ...modelInputs(model, [8, 8]),
  ...Object.fromEntries(
    directionNames.flatMap((which) =>
      Object.entries(model.shapes).map(([name, shape]) => [
        `${which} ${name}`,
        normals(`${which} ${name}`, shape, 0.1),
      ]),
    ),
  ),
});

const under = (prefix: string, tensors: Tensors): Params =>
  Object.fromEntries(
    Object.entries(tensors).flatMap(([name, value]) =>
      name.startsWith(`${prefix} `) ? [[name.slice(prefix.length + 1), value]] : [],
    ),
  );

/** The inputs, sorted. */
export const setting = (given: Tensors) => ({
  params: paramsOf(given),
  directions: directionNames.map((name) => under(name, given)) as [Params, Params],
  batches: [{ images: given.images!, labels: given.labels! }] as const,
});
