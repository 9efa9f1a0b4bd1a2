import { statfs } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { listBackends, useBackend } from '@segscape/backend';
import { isNative, jit } from '@segscape/jit';
import { modelFromConfig } from '@segscape/models';
import { dispose, type Tensor, zeros } from '@tensorflow/tfjs-core';
import { version } from '../../package.json' with { type: 'json' };
import { printTable } from '../table.js';

const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GB`;

/** Milliseconds of a small U-Net's forward pass, median of ten, compiled before. */
async function forwardMs(): Promise<number> {
  await useBackend('cpu');
  const model = modelFromConfig({ name: 'unet', inputChannels: 3, classes: 2, baseChannels: 16, depth: 4 });
  const params = model.init(1);
  const images = zeros([4, 128, 128, 3]);
  const forward = jit(
    ({ weights, images: given }: { weights: typeof params; images: Tensor }) => model.apply(weights, given),
    { executor: 'onnxruntime' },
  );
  const times: number[] = [];
  try {
    for (let i = 0; i < 12; i++) {
      const began = performance.now();
      dispose(await forward({ weights: params, images }));
      times.push(performance.now() - began);
    }
  } finally {
    dispose([params, images]);
    await forward.dispose();
  }
  return times.slice(2).sort((a, b) => a - b)[5]!;
}

/** `segscape doctor`: what this machine can do, and what would make it faster. */
export async function doctor(): Promise<number> {
  const native = await isNative();
  const rows: string[][] = [
    ['segscape', version],
    ['Node', `${process.version} on ${process.platform} ${process.arch}`],
    ['processor', `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`],
    ['memory', `${gigabytes(freemem())} of ${gigabytes(totalmem())} free`],
  ];
  const disk = await statfs(process.cwd()).catch(() => undefined);
  if (disk) rows.push(['disk here', `${gigabytes(disk.bavail * disk.bsize)} free`]);
  rows.push([
    'native',
    native
      ? `ONNX Runtime; a U-Net of 16 channels sees 4 images of 128 × 128 in ${(await forwardMs()).toFixed(0)} ms`
      : 'not here: npm install onnxruntime-node; where its install script fails (nvcc without internet), ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node',
  ]);
  const others = (await listBackends()).filter(({ available }) => available);
  rows.push([
    'TensorFlow.js',
    others.map(({ name, canTrain }) => `${name}${canTrain ? '' : ' (predicts only)'}`).join(', '),
  ]);
  printTable(['what', 'here'], rows);
  const advice = native
    ? 'Ready: segscape run'
    : 'It runs, but training would be many times slower than with ONNX Runtime.';
  process.stdout.write(`${advice}\n`);
  return 0;
}
