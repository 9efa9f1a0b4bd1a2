import type { Raster } from '@segscape/core';
import { hausdorffDistance } from '@segscape/metrics';
import { distanceTransform } from '@segscape/morphology';
import { contest, type Row } from '../harness/contest.js';
import { PythonPeer } from '../python-peer.js';

/** Blobs: where a few waves add up to more than a threshold. */
function blobs(size: readonly number[], phase: number): Uint8Array {
  const data = new Uint8Array(size.reduce((a, b) => a * b, 1));
  const [width, height] = [size.at(-1)!, size.at(-2)!];
  for (let i = 0; i < data.length; i++) {
    const [x, y, z] = [i % width, Math.floor(i / width) % height, Math.floor(i / (width * height))];
    data[i] = Number(Math.sin(x / 17 + phase) + Math.sin(y / 23 - phase) + Math.sin((x + y + z) / 31) > 0.6);
  }
  return data;
}

function raster(data: Uint8Array, size: readonly number[]): Raster {
  const [height, width] = size.slice(-2) as [number, number];
  return { data, height, width, channels: 1, ...(size.length === 3 && { depth: size[0]! }) };
}

/** Distance transform and Hausdorff distance against scipy. */
export async function* metrics(): AsyncGenerator<Row> {
  for (const size of [
    [512, 512],
    [128, 128, 128],
  ]) {
    const [first, second] = [blobs(size, 0), blobs(size, 0.3)];
    const shape = size.join('×');
    const peer = new PythonPeer();
    const farthest = await peer.ask({ setup: 'distance', mask: peer.array(first, size) });
    const ours = () => distanceTransform(raster(first, size));
    let largest = 0;
    for (const value of ours().data) if (value > largest) largest = value;
    yield* await contest({
      bench: 'metrics',
      case: `distance transform ${shape}`,
      peer: 'scipy',
      ours: async () => void ours() as undefined,
      modes: [peer.mode('default')],
      notes: async () => `largest ${largest.toFixed(4)} / ${farthest.first!.toFixed(4)}`,
    });
    const theirs = await peer.ask({
      setup: 'hausdorff',
      first: peer.array(first, size),
      second: peer.array(second, size),
    });
    const distance = () => hausdorffDistance(raster(first, size), raster(second, size));
    const value = distance();
    yield* await contest({
      bench: 'metrics',
      case: `Hausdorff distance ${shape}`,
      peer: 'scipy',
      ours: async () => void distance() as undefined,
      modes: [peer.mode('default')],
      notes: async () => `${Number(value).toFixed(4)} / ${theirs.first!.toFixed(4)}`,
    });
    peer.close();
  }
}
