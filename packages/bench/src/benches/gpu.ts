import { useBackend } from '@segscape/backend';
import { dispose } from '@tensorflow/tfjs-core';
import { contest, type Row } from '../harness/contest.js';
import { PythonPeer } from '../python-peer.js';
import { makeCase, type Network, networks, tellPeer } from './networks.js';
import { stepper } from './stepper.js';

/** PyTorch's ways on a graphics card: strict single precision, and what its matrix units make of it. */
const modes = ['CUDA NCHW', 'CUDA channels last', 'CUDA channels last, TF32'];

/** A training step on a graphics card by `jit` on WebGPU, or eager on TensorFlow.js's WebGPU, against PyTorch on CUDA. */
async function againstCuda(network: Network, way: 'jit' | 'eager'): Promise<Row[]> {
  // What the peer is told of is read at once, which WebGPU in Node cannot do.
  await useBackend('cpu');
  const current = makeCase(network);
  const peer = new PythonPeer();
  const theirFirst = await tellPeer(peer, network, current, true);
  if (way === 'eager') await useBackend('webgpu');
  const began = performance.now();
  const own =
    way === 'jit' ? stepper(current, 'onnxruntime', { device: 'webgpu' }) : stepper(current, 'eager');
  const ourFirst = await own.run();
  const firstCall = performance.now() - began;
  const rows = await contest({
    bench: 'gpu',
    case: `${network.name}, ${way}`,
    peer: 'PyTorch',
    ours: async () => {
      await own.run();
      return undefined;
    },
    modes: modes.map((mode) => peer.mode(mode)),
    rounds: 3,
    notes: async () => {
      const { cpuNodes, nodes } = own.stats();
      const left = way === 'jit' ? `, ${nodes} nodes, ${cpuNodes} of them on the CPU` : '';
      return `first loss ${ourFirst.toFixed(6)} / ${theirFirst.toFixed(6)}, first call ${firstCall.toFixed(0)} ms${left}`;
    },
  });
  await own.dispose();
  peer.close();
  dispose([current.images, current.labels]);
  return rows;
}

/** A training step on a graphics card against PyTorch on CUDA. */
export async function* gpu(): AsyncGenerator<Row> {
  for (const way of ['jit', 'eager'] as const)
    for (const network of networks) yield* await againstCuda(network, way);
}
