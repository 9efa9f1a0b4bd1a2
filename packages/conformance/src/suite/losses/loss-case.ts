import { type LossConfig, type LossFn, lossFromConfig } from '@segscape/losses';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Exemption, TensorCase, Tensors } from '../case.js';
import { valueAndGradient } from '../derivatives.js';
import { type Form, lossInputs } from './forms.js';

const readsValues: Exemption = {
  when: 'reads values',
  because: "hausdorff measures the prediction's own distances, so it runs where values can be read at once",
};

const lookup = (loss: LossFn, { labels, logits, ...rest }: Tensors): [Tensor, Tensor] => [
  (loss.prepare ? { ...rest, labels } : labels) as Tensor,
  logits!,
];

const written = (options: object): string =>
  Object.entries(options)
    .map(([name, value]) => ` ${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join('');

/** A loss of the library, its gradient by the logits and, where it has one, its map of pixels. */
export function lossCase(config: LossConfig, form: Form): TensorCase {
  const { name, ...options } = config;
  const loss = lossFromConfig(config);
  const withGradient = valueAndGradient((inputs) => loss(...lookup(loss, inputs)), ['logits']);
  return {
    name: `losses/${name}${written(options)}, ${form}`,
    inputs: () => lossInputs(loss, form),
    compute: (inputs) => ({
      ...withGradient(inputs),
      ...(loss.pixelwise && { map: loss.map(...lookup(loss, inputs)) }),
    }),
    ...(name === 'hausdorff' && { exempt: readsValues }),
  };
}
