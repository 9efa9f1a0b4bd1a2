import { useBackend } from '@segscape/backend';
import type { Params } from '@segscape/core';
import { type Batch, inline, randomPlane, surface } from '@segscape/landscape';
import { crossEntropy, dice, focal, type LossFn } from '@segscape/losses';
import { dispose, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { contest, type Row } from '../harness/contest.js';
import { PythonPeer } from '../python-peer.js';
import { curvature } from './curvature.js';
import { makeCase, networks, tellSurface } from './networks.js';
import { workers } from './workers.js';

const points = 7;

/** Eight losses, four formulas at two settings each. */
const losses: Readonly<Record<string, LossFn<Scalar>>> = {
  ce: crossEntropy(),
  ce13: crossEntropy({ classWeights: [1, 3] }),
  focal2: focal({ gamma: 2 }),
  dice: dice(),
  ce12: crossEntropy({ classWeights: [1, 2] }),
  ce14: crossEntropy({ classWeights: [1, 4] }),
  focal1: focal({ gamma: 1 }),
  diceBatch: dice({ batch: true }),
};

/** Surfaces of 7×7 points over 16 images: many losses from one pass here, a run for each in the peer. */
async function* surfaces(): AsyncGenerator<Row> {
  await useBackend('cpu');
  const network = { ...networks[0], batch: 16 };
  for (const count of [1, 8]) {
    const current = makeCase(network);
    const { model, params, images, labels } = current;
    const chosen = Object.entries(losses).slice(0, count);
    const peer = new PythonPeer();
    await tellSurface(peer, network, current, { losses: count, points });
    const plane = randomPlane(params, { seed: 1, norm: 'filter' });
    const runner = inline();
    const batch: Batch = { images, labels };
    const ours = async () => {
      const events = surface({
        objective: (weights: Params, given: Batch) => {
          const logits = model.apply(weights, (given as { images: Tensor }).images);
          return Object.fromEntries(
            chosen.map(([name, loss]) => [name, loss((given as { labels: Tensor }).labels, logits)]),
          );
        },
        params,
        directions: plane.directions,
        x: [-1, 1, points],
        y: [-1, 1, points],
        batches: [batch],
        runner,
      });
      for await (const _ of events);
      return undefined;
    };
    yield* await contest({
      bench: 'landscape',
      case: `surface ${points}×${points}, ${count === 1 ? '1 loss' : `${count} losses`}, 16 images, net (a)`,
      peer: 'PyTorch',
      ours,
      modes: ['NCHW', 'channels last'].map((mode) => peer.mode(mode)),
      rounds: 2,
    });
    plane.dispose();
    await runner.dispose();
    peer.close();
    dispose([images, labels, ...Object.values(params)]);
  }
}

/** Surfaces, curvature, and what a second worker brings. */
export async function* landscape(): AsyncGenerator<Row> {
  yield* surfaces();
  yield* curvature();
  yield* workers();
}
