import { useBackend } from '@segscape/backend';
import { random } from '@segscape/core';
import { jit } from '@segscape/jit';
import { dispose, matMul, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import type { PythonPeer } from '../python-peer.js';

/** Length of the sides of the matrices whose product tells how fast this machine multiplies. */
const size = 1536;

/** Operations a second of a product in ONNX Runtime, at its best. */
async function ownRate(): Promise<number> {
  await useBackend('cpu');
  const rng = random(1);
  const matrix = () => tensor2d(Float32Array.from({ length: size ** 2 }, rng.uniform), [size, size]);
  const product = jit(({ a, b }: { a: Tensor2D; b: Tensor2D }) => matMul(a, b), { executor: 'onnxruntime' });
  const given = { a: matrix(), b: matrix() };
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 20; run++) {
    const began = performance.now();
    const result = await product(given);
    best = Math.min(best, performance.now() - began);
    dispose(result);
  }
  dispose(given);
  await product.dispose();
  return (2000 * size ** 3) / best;
}

/**
 * How near a time is to the least that the network's convolutions could take, each as fast as a product of large square matrices is on
 * this machine: sgemm of PyTorch or of ONNX Runtime, whichever is the faster one, on both threads, at its best.
 */
export async function shareOfFloor(peer: PythonPeer, oursMs: number): Promise<string> {
  const { operations, rate } = await peer.ask<{ operations: number; rate: number }>({ floor: true, size });
  const fastest = Math.max(rate, await ownRate());
  const floorMs = (1000 * operations) / fastest;
  const billions = (count: number) => (count / 1e9).toFixed(0);
  return `${((100 * floorMs) / oursMs).toFixed(0)} % of the floor (${floorMs.toFixed(0)} ms: ${billions(operations)} GFLOP of convolutions at sgemm's ${billions(fastest)} GFLOP/s)`;
}
