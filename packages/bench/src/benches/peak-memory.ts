import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { dispose } from '@tensorflow/tfjs-core';
import { PythonPeer } from '../python-peer.js';
import { makeCase, type Network, tellPeer } from './networks.js';

const steps = 12;

/** Beside the built bench. */
const script = fileURLToPath(new URL('./step-memory.js', import.meta.url));

/** Peak resident memory in bytes of a process that trains this network and does nothing else. */
async function ofOurs({ name }: Network): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, name, String(steps)]);
  return 1024 * Number(stdout);
}

/** The same of the peer in one of its modes. */
async function ofPeer(network: Network, mode: string): Promise<number> {
  const peer = new PythonPeer();
  const current = makeCase(network);
  await tellPeer(peer, network, current, true);
  for (let step = 0; step < steps; step++) await peer.ask({ run: true, mode });
  const { kilobytes } = await peer.ask({ memory: true });
  peer.close();
  dispose([current.images, current.labels, current.params]);
  return 1024 * kilobytes!;
}

/** Peak memory of ours and of the peer's most frugal mode, each in a process of its own: what ran before has its own peak. */
export async function peakMemory(network: Network, modes: readonly string[]): Promise<string> {
  const theirs: number[] = [];
  for (const mode of modes) theirs.push(await ofPeer(network, mode));
  const [own, peer] = [await ofOurs(network), Math.min(...theirs)].map((bytes) => Math.round(bytes / 1e6));
  return `peak ${own} / ${peer} MB`;
}
