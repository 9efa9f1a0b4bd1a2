import type { Optimizer } from '@segscape/core';
import {
  adam,
  adamW,
  clipByGlobalNorm,
  constant,
  cosine,
  oneCycle,
  polynomial,
  rmsprop,
  type Schedule,
  sgd,
  step,
  warmup,
} from '@segscape/train';
import { add, mul, type Tensor } from '@tensorflow/tfjs-core';
import type { TensorCase } from '../case.js';
import { normals } from '../inputs.js';

const steps = 4;

const inputs = () => ({
  'param kernel': normals('kernel', [3, 4]),
  'param bias': normals('bias', [4]),
  'slope kernel': normals('slope of the kernel', [3, 4]),
  'slope bias': normals('slope of the bias', [4]),
});

/** Several steps down a bowl: gradients are `slope + param`; outputs are parameters and the optimiser's state. */
function optimizerCase(name: string, optimizer: Optimizer): TensorCase {
  return {
    name: `train/${name}, ${steps} steps`,
    inputs,
    compute: (given) => {
      const names = ['kernel', 'bias'];
      const pick = (kind: string) => Object.fromEntries(names.map((one) => [one, given[`${kind} ${one}`]!]));
      let params = pick('param');
      let state = optimizer.init(params);
      for (let i = 0; i < steps; i++) {
        const slopes = Object.fromEntries(
          names.map((one): [string, Tensor] => [one, add(params[one]!, given[`slope ${one}`]!)]),
        );
        ({ params, state } = optimizer.update(params, slopes, state));
      }
      return { ...params, ...state };
    },
  };
}

/** A schedule's rates over its whole length, as the weights that they move. */
function scheduleCase(name: string, schedule: Schedule): TensorCase {
  return {
    name: `train/schedule ${name}`,
    inputs: () => ({ step: normals('no step', [], 0) }),
    compute: ({ step: start }) =>
      Object.fromEntries(
        [0, 1, 3, 4, 7, 10, 12].map((at) => [`rate at ${at}`, mul(schedule(add(start!, at)), 1)]),
      ),
  };
}

/** The optimisers and schedules of `@segscape/train`. */
export const optimizerCases: readonly TensorCase[] = [
  optimizerCase('sgd', sgd({ learningRate: 0.1 })),
  optimizerCase('sgd momentum', sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 })),
  optimizerCase('sgd nesterov', sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true })),
  optimizerCase('adam', adam({ learningRate: 0.1 })),
  optimizerCase('adam weightDecay', adam({ learningRate: 0.1, weightDecay: 0.01, beta1: 0.8 })),
  optimizerCase('adamW', adamW({ learningRate: 0.1 })),
  optimizerCase('rmsprop', rmsprop({ learningRate: 0.1 })),
  optimizerCase('rmsprop momentum', rmsprop({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 })),
  optimizerCase('clipByGlobalNorm of sgd', clipByGlobalNorm(sgd({ learningRate: 0.1 }), { maxNorm: 0.5 })),
  optimizerCase('adam cosine', adam({ learningRate: cosine({ initial: 0.1, steps: 6 }) })),
  scheduleCase('constant', constant(0.3)),
  scheduleCase('step', step({ initial: 0.3, every: 4, factor: 0.5 })),
  scheduleCase('cosine', cosine({ initial: 0.3, steps: 10 })),
  scheduleCase('polynomial', polynomial({ initial: 0.3, steps: 10 })),
  scheduleCase('oneCycle', oneCycle({ peak: 0.3, steps: 10 })),
  scheduleCase('warmup of cosine', warmup({ steps: 4, schedule: cosine({ initial: 0.3, steps: 10 }) })),
];
