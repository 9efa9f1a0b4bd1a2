// Does one thing many times, and says what is held on the way: node --expose-gc endurance-reader.mjs WORK COUNT
import { readdirSync } from 'node:fs';
import { isNative } from '@segscape/jit';
import { inline, randomPlane, surface } from '@segscape/landscape';
import { crossEntropy, dice } from '@segscape/losses';
import { unet } from '@segscape/models';
import { memoryStorage } from '@segscape/runs';
import { openPredictor, runStudy } from '@segscape/study';
import { adam, fit } from '@segscape/train';
import { dispose, memory, setBackend, tensor } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';

const [work, given] = process.argv.slice(2);
const count = Number(given);
const samples = 100;
const side = 16;

await setBackend('cpu');
const jit = { executor: (await isNative()) ? 'onnxruntime' : 'eager' };
const network = unet({ inputChannels: 1, classes: 2, baseChannels: 2, depth: 2 });
const batchOf = (seed) => ({
  images: tensor(
    Float32Array.from({ length: side * side }, (_, i) => Math.sin(seed + 0.37 * i)),
    [1, side, side, 1],
  ),
  labels: tensor(
    Int32Array.from({ length: side * side }, (_, i) => Number(i % 16 < 5)),
    [1, side, side],
    'int32',
  ),
});

let done = 0;
/** After each thing: what the process holds, a hundred times in all, when nothing that could go is still there. */
async function counted() {
  done++;
  if (done % Math.max(1, Math.floor(count / samples)) !== 0) return;
  await new Promise((resolve) => setImmediate(resolve));
  globalThis.gc();
  const line = {
    done,
    megabytes: process.memoryUsage().rss / 2 ** 20,
    tensors: memory().numTensors,
    handles: process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length,
    files: process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0,
  };
  console.log(JSON.stringify(line));
}

const works = {
  async 'training steps'() {
    const perEpoch = Math.max(1, Math.floor(count / 10));
    async function* data() {
      for (let i = 0; i < perEpoch; i++) yield batchOf(i);
    }
    const events = fit({
      model: network,
      loss: dice(),
      optimizer: adam({ learningRate: 0.001 }),
      data: () => data(),
      epochs: Math.ceil(count / perEpoch),
      seed: 1,
      jit,
    });
    for await (const event of events) if (event.type === 'batch') await counted();
  },
  async 'landscape points'() {
    const params = network.init(1);
    const batch = batchOf(1);
    const { directions } = randomPlane(params, { seed: 1, isTrainable: network.isTrainable });
    const [loss, other] = [dice(), crossEntropy()];
    const runner = inline(jit);
    const columns = 20;
    const events = surface({
      objective: (at, { images, labels }) => {
        const logits = network.apply(at, images);
        return { dice: loss(labels, logits), crossEntropy: other(labels, logits) };
      },
      params,
      directions,
      x: [-1, 1, columns],
      y: [-1, 1, Math.max(2, Math.ceil(count / columns))],
      batches: [batch],
      runner,
      store: memoryStorage(),
    });
    for await (const event of events) if (event.type === 'point') await counted();
    dispose([params, batch, directions]);
    await runner.dispose();
  },
  async predictions() {
    const storage = memoryStorage();
    const study = {
      data: { kind: 'phantom', count: 4, height: side, width: side, split: { test: 1 } },
      model: { kind: 'unet', baseChannels: 2, depth: 2 },
      losses: ['dice'],
      training: { epochs: 1 },
      landscape: { resolution: 3 },
    };
    for await (const _ of runStudy(study, { storage, jit }));
    const predictor = await openPredictor(storage, { jit });
    // Two sizes in turn: what is made for a size is made once.
    for (let i = 0; i < count; i++) {
      const sides = [side + 4 * (i % 2), side];
      const data = Uint8Array.from({ length: 3 * sides[0] * sides[1] }, (_, k) => (7 * k + i) % 256);
      await predictor.predict({ data, height: sides[0], width: sides[1], channels: 3 });
      await counted();
    }
    await predictor.dispose();
  },
};
await works[work]();
process.exit(0);
