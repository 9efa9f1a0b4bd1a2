import { useBackend } from '@segscape/backend';
import { dispose } from '@tensorflow/tfjs-core';
import { contest, type Row } from '../harness/contest.js';
import { PythonPeer } from '../python-peer.js';
import { shareOfFloor } from './floor.js';
import { copied, makeCase, type Network, networks, tellPeer } from './networks.js';
import { peakMemory } from './peak-memory.js';
import { stepper } from './stepper.js';
import { useStockWasm } from './stock-wasm.js';

const modes = ['NCHW', 'channels last'];

/** PyTorch in single precision, whichever order of axes is its faster one; half precision is a case of its own. */
async function againstTorch(network: Network): Promise<Row[]> {
  await useBackend('cpu');
  const current = makeCase(network);
  const peer = new PythonPeer();
  const theirFirst = await tellPeer(peer, network, current, true);
  const began = performance.now();
  const own = stepper(current, 'onnxruntime');
  const ourFirst = await own.run();
  const firstCall = performance.now() - began;
  const ours = async () => {
    await own.run();
    return undefined;
  };
  const rows = await contest({
    bench: 'train',
    case: network.name,
    peer: 'PyTorch',
    ours,
    modes: modes.map((mode) => peer.mode(mode)),
    notes: async (oursMs) => {
      const { compileMs, nodes } = own.stats();
      return `first loss ${ourFirst.toFixed(6)} / ${theirFirst.toFixed(6)}, trace + session ${compileMs.toFixed(0)} ms, first call ${firstCall.toFixed(0)} ms, ${await peakMemory(network, modes)}, ${nodes} nodes, ${await shareOfFloor(peer, oursMs)}`;
    },
  });
  const half = await contest({
    bench: 'train',
    case: `${network.name}, peer in bf16`,
    peer: 'PyTorch',
    ours,
    modes: [peer.mode('channels last, bf16 autocast')],
    rounds: 3,
  });
  await own.dispose();
  peer.close();
  dispose([current.images, current.labels]);
  return [...half, ...rows];
}

/** Against wasm with TensorFlow.js's own kernels and the one it lacks, or as `useBackend` mends it. */
async function againstWasm(network: Network, peer: 'tfjs-wasm' | 'wasm'): Promise<Row[]> {
  await useBackend('cpu');
  const current = makeCase(network);
  const own = stepper({ ...current, params: copied(current.params) }, 'onnxruntime');
  const ourFirst = await own.run();
  const stock = peer === 'tfjs-wasm' ? await useStockWasm() : undefined;
  if (stock === undefined) await useBackend('wasm');
  const eager = stepper(current, 'eager');
  const theirFirst = await eager.run();
  const timed = (side: { run(): Promise<number> }) => async () => {
    await side.run();
    return undefined;
  };
  const rows = await contest({
    bench: 'train',
    case: network.name,
    peer,
    ours: timed(own),
    modes: [{ mode: 'eager', pid: process.pid, run: timed(eager) }],
    rounds: 2,
    notes: async () => `first loss ${ourFirst.toFixed(6)} / ${theirFirst.toFixed(6)}`,
  });
  stock?.restore();
  await own.dispose();
  await eager.dispose();
  await useBackend('cpu');
  return rows;
}

/** A training step (forward, loss, backward, Adam) against PyTorch and TensorFlow.js's wasm. */
export async function* train(): AsyncGenerator<Row> {
  for (const network of networks) yield* await againstTorch(network);
  for (const peer of ['tfjs-wasm', 'wasm'] as const)
    for (const network of networks.slice(0, 2)) yield* await againstWasm(network, peer);
}
