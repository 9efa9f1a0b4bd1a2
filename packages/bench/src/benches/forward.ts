import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@segscape/backend';
import type { Params } from '@segscape/core';
import { jit } from '@segscape/jit';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { contest, type Mode, type Row } from '../harness/contest.js';
import { PythonPeer } from '../python-peer.js';
import { shareOfFloor } from './floor.js';
import { type Case, makeCase, networks, tellPeer } from './networks.js';

/** The peer's own network, exported as it exports, in the runtime that ours runs in: what is left is our graph. */
async function exported(peer: PythonPeer, { images }: Case, folder: string): Promise<Mode> {
  const path = join(folder, 'peer.onnx');
  await peer.ask({ export: path });
  const session = await InferenceSession.create(path);
  const [n, h, w, c] = images.shape as [number, number, number, number];
  const feed = { images: new OnnxTensor('float32', new Float32Array(images.size), [n, c, h, w]) };
  return {
    mode: 'torch.onnx.export in ONNX Runtime',
    pid: process.pid,
    run: async () => {
      await session.run(feed);
      return undefined;
    },
  };
}

/** A forward pass against PyTorch, the weights frozen into the program or handed in with each call. */
export async function* forward(): AsyncGenerator<Row> {
  for (const network of networks)
    for (const weights of ['constant weights', 'weights as inputs'] as const) {
      await useBackend('cpu');
      const current = makeCase(network);
      const { model, params, images } = current;
      const peer = new PythonPeer();
      const folder = mkdtempSync(join(tmpdir(), 'segscape-bench-'));
      const theirs = await tellPeer(peer, network, current, false);
      const constant = weights === 'constant weights';
      const given = constant ? { x: images } : { p: params, x: images };
      const run = jit(({ p = params, x }: { p?: Params; x: Tensor }) => model.apply(p, x), {
        executor: 'onnxruntime',
      });
      const call = () => run(given);
      const ours = async () => {
        (await call()).dispose();
        return undefined;
      };
      const first = await call();
      const mean = Array.from(await first.data()).reduce((sum, v) => sum + v, 0) / first.size;
      first.dispose();
      const name = `${network.name}, ${weights}`;
      const modes = ['NCHW', 'channels last', ...(constant ? ['frozen', 'frozen, channels last'] : [])];
      if (constant)
        yield* await contest({
          bench: 'forward',
          case: `${name}, same runtime`,
          peer: 'PyTorch',
          ours,
          modes: [await exported(peer, current, folder)],
          rounds: 3,
        });
      yield* await contest({
        bench: 'forward',
        case: name,
        peer: 'PyTorch',
        ours,
        modes: modes.map((mode) => peer.mode(mode)),
        notes: async (oursMs) =>
          `mean logit ${mean.toFixed(6)} / ${theirs.toFixed(6)}, ${await shareOfFloor(peer, oursMs)}`,
      });
      await run.dispose();
      peer.close();
      rmSync(folder, { recursive: true, force: true });
      dispose([images, current.labels, ...Object.values(params)]);
    }
}
