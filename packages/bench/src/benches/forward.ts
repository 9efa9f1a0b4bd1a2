import { useBackend } from '@segscape/backend';
import type { Params } from '@segscape/core';
import { jit } from '@segscape/jit';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { measure, type Row } from '../measure.js';
import { PythonPeer } from '../python-peer.js';
import { makeCase, networks, tellPeer } from './networks.js';

/** A forward pass against PyTorch, the weights frozen into the program or handed in with each call. */
export async function* forward(): AsyncGenerator<Row> {
  for (const network of networks)
    for (const weights of ['constant weights', 'weights as inputs'] as const) {
      await useBackend('cpu');
      const current = makeCase(network);
      const { model, params, images } = current;
      const peer = new PythonPeer();
      const theirs = await tellPeer(peer, network, current, false);
      const run =
        weights === 'constant weights'
          ? jit((x: Tensor) => model.apply(params, x), { executor: 'onnxruntime' })
          : jit(({ p, x }: { p: Params; x: Tensor }) => model.apply(p, x), { executor: 'onnxruntime' });
      const call = () =>
        (weights === 'constant weights'
          ? run(images as never)
          : run({ p: params, x: images } as never)) as Promise<Tensor>;
      const first = await call();
      const mean = Array.from(await first.data()).reduce((sum, v) => sum + v, 0) / first.size;
      first.dispose();
      yield await measure({
        bench: 'forward',
        case: `${network.name}, ${weights}`,
        peer: 'PyTorch',
        ours: async () => void (await call()).dispose() as undefined,
        theirs: async () => (await peer.ask({ run: true })).ms,
        notes: async () => `mean logit ${mean.toFixed(6)} / ${theirs.toFixed(6)}`,
      });
      await run.dispose();
      peer.close();
      dispose([images, current.labels, ...Object.values(params)]);
    }
}
