import { type FitOptions, fit, sgd, type TrainState } from '@segscape/train';
import { mean, square, sub, tensor } from '@tensorflow/tfjs-core';

/** A weight that is taken off the images. */
export const model: FitOptions['model'] = {
  isTrainable: () => true,
  init: () => ({ w: tensor([0]) }),
  forward: (params, images) => ({ logits: sub(params.w!, images), updates: {} }),
};

/** One batch. */
export async function* data() {
  yield { images: tensor([[1]]), labels: tensor([[0]]) };
}

/** A training of one step that nothing is wrong with. */
export const good: FitOptions = {
  model,
  loss: (_, logits) => mean(square(logits)),
  optimizer: sgd({ learningRate: 0.1 }),
  data,
  epochs: 1,
  jit: { executor: 'eager' },
};

/** What a training gives, to its end. */
export async function ended(options: object): Promise<TrainState> {
  let state: TrainState | undefined;
  for await (const event of fit(options as FitOptions)) if (event.type === 'done') state = event.result.state;
  return state!;
}
