import { useBackend } from '@segscape/backend';
import { randomPlane, surface } from '@segscape/landscape';
import { threads } from '@segscape/landscape/threads';
import { dispose } from '@tensorflow/tfjs-core';
import { contest, type Mode, type Row } from '../harness/contest.js';
import { makeCase, networks } from './networks.js';

const points = 9;
const network = { ...networks[0], batch: 4 };

/** One surface by two workers against the same by one, each worker with one thread. */
export async function* workers(): AsyncGenerator<Row> {
  await useBackend('cpu');
  const { params, images, labels } = makeCase(network);
  const { base, depth, padding, channels } = network;
  const config = { inputChannels: channels, classes: 2, baseChannels: base, depth, padding };
  const plane = randomPlane(params, { seed: 1, norm: 'filter' });
  const drawn = (count: number): Mode & { readonly dispose: () => Promise<void> } => {
    const runner = threads({
      workers: count,
      registry: new URL('./registry.js', import.meta.url),
      jit: { threads: 1 },
    });
    const run = async () => {
      const events = surface({
        objective: { kind: 'unet', config },
        params,
        directions: plane.directions,
        x: [-1, 1, points],
        y: [-1, 1, points],
        batches: [{ images, labels }],
        runner,
      });
      for await (const _ of events);
      return undefined;
    };
    return { mode: `${count} of one thread`, run, pid: process.pid, dispose: () => runner.dispose() };
  };
  const [one, two] = [drawn(1), drawn(2)];
  yield* await contest({
    bench: 'landscape',
    case: `surface ${points}×${points} by two workers, net (a), 4 images`,
    peer: 'one worker',
    ours: two.run,
    modes: [one],
    rounds: 2,
  });
  await Promise.all([one.dispose(), two.dispose()]);
  plane.dispose();
  dispose([images, labels, ...Object.values(params)]);
}
