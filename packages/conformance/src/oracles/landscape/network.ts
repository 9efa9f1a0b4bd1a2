import type { Params } from '@segscape/core';
import {
  add,
  cast,
  conv2d,
  grads,
  logSoftmax,
  mean,
  mul,
  neg,
  oneHot,
  type Scalar,
  sum,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  tanh,
} from '@tensorflow/tfjs-core';
import type { Adapter } from '../adapter.js';
import { type Images, withSetting } from './setting.js';

/** The network of the oracle's README field `architecture`. */
function forward(params: Params, x: Tensor): Tensor {
  const layer = (input: Tensor, name: string) =>
    add(conv2d(input as Tensor4D, params[`${name}.weight`] as Tensor4D, 1, 'same'), params[`${name}.bias`]!);
  return layer(tanh(layer(tanh(layer(x, 'conv1')), 'conv2')), 'head');
}

export function crossEntropy(params: Params, { x, labels }: Images): Scalar {
  const logits = forward(params, x);
  const truth = cast(oneHot(cast(labels, 'int32') as Tensor3D, logits.shape.at(-1)!), 'float32');
  return mean(neg(sum(mul(truth, logSoftmax(logits)), -1)));
}

export const objective = (params: Params, batch: Images) => ({ loss: crossEntropy(params, batch) });

export const gradient: Adapter = (oracle, context) =>
  withSetting(oracle, context, async ({ params, batch }) => {
    const names = Object.keys(params);
    const value = await context.run(
      (inputs) => {
        const rest = { x: inputs.x!, labels: inputs.labels! };
        const all = grads((...values: Tensor[]) =>
          crossEntropy(Object.fromEntries(names.map((name, i) => [name, values[i]!])), rest),
        )(names.map((name) => inputs[name]!));
        return Object.fromEntries(names.map((name, i) => [name, all[i]!]));
      },
      { ...params, ...batch },
    );
    return { value };
  });

export const network: Adapter = (oracle, context) =>
  withSetting(oracle, context, async ({ params, batch }) => ({
    value: await context.run(
      ({ x, labels, ...weights }) => ({
        logits: forward(weights, x!),
        loss: crossEntropy(weights, { x: x!, labels: labels! }),
      }),
      { ...params, ...batch },
    ),
  }));
