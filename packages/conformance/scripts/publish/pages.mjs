import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundlers } from '../bundlers/bundlers.mjs';
import { serveFolder } from '../bundlers/serve.mjs';
import { launchChromium } from '../chromium.mjs';
import { run } from './run.mjs';

const packages = ['backend', 'train', 'landscape', 'runs', 'study'].map((name) => `@segscape/${name}`);
/** What they need besides, by study's own install line, with WebGL for a backend. */
const others = ['@tensorflow/tfjs-core@4.22.0', '@tensorflow/tfjs-backend-webgl@4.22.0', 'h5wasm'];
/** All of TensorFlow.js that npm may have brought: WebGL leans on the cpu backend. */
const engineWhole = ['backend-cpu', 'backend-webgl', 'core'].map((part) => `@tensorflow/tfjs-${part}`);

/** What a page does with the packages: a line is fitted by `train`, a surface drawn around it by `landscape`, a study run by `study`. */
const page = `
import { useBackend } from '@segscape/backend';
import { memoryStorage } from '@segscape/runs';
import { surface } from '@segscape/landscape';
import { openPredictor, runStudy } from '@segscape/study';
import { adam, fit } from '@segscape/train';
import { add, matMul, mean, mul, square, sub, tensor, zeros } from '@tensorflow/tfjs-core';

const last = async (events) => {
  let result;
  for await (const event of events) if (event.type === 'done') result = event.result;
  return result;
};

const config = {
  name: 'a page',
  data: { kind: 'phantom', phantom: 'fundus', count: 6, height: 32, width: 32, seed: 7, split: { test: 2 } },
  model: { kind: 'unet', baseChannels: 4, depth: 2, norm: 'batch' },
  losses: ['crossEntropy'],
  training: { epochs: 2, batchSize: 2 },
  landscape: { resolution: 3, samples: 2 },
};

globalThis.work = async () => {
  const { name } = await useBackend('webgl');
  const x = tensor([-1, 0, 1, 2], [4, 1]);
  const labels = add(mul(x, 3), 1);
  const line = (params) => add(matMul(x, params.slope), params.offset);
  const { state } = await last(
    fit({
      model: {
        init: () => ({ slope: zeros([1, 1]), offset: zeros([1]) }),
        isTrainable: () => true,
        forward: (params) => ({ logits: line(params), updates: {} }),
      },
      loss: (batch, logits) => mean(square(sub(batch.labels, logits))),
      optimizer: adam({ learningRate: 0.1 }),
      data: async function* () {
        yield { images: x.clone(), labels: labels.clone() };
      },
      epochs: 150,
      seed: 1,
    }),
  );
  const slope = state.params.slope.data[0];
  const drawn = await last(
    surface({
      objective: (params) => ({ squared: mean(square(sub(labels, line(params)))) }),
      params: { slope: tensor([3], [1, 1]), offset: tensor([1]) },
      directions: [
        { slope: tensor([1], [1, 1]), offset: tensor([0]) },
        { slope: tensor([0], [1, 1]), offset: tensor([1]) },
      ],
      batches: [{}],
      x: [-1, 1, 3],
      y: [-1, 1, 3],
    }),
  );
  const storage = memoryStorage();
  const { table } = await last(runStudy(config, { storage }));
  const predictor = await openPredictor(storage, { loss: 'crossEntropy' });
  const image = { data: new Uint8Array(40 * 48 * 3).fill(90), height: 40, width: 48, channels: 3 };
  const { mask } = await predictor.predict(image);
  await predictor.dispose();
  const files = await storage.list('');
  return {
    name,
    slope,
    centre: Number(drawn.values.squared[4]),
    values: drawn.values.squared.length,
    rows: table.length,
    surfaces: files.filter((file) => file.endsWith('.h5')).length,
    mask: [mask.height, mask.width],
  };
};
`;

/** A stranger's empty folder with a page, our packages from the registry, and of the backends WebGL alone. */
export async function installPage(root, registry) {
  const folder = join(root, 'users', 'page');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "name": "page", "private": true, "type": "module" }\n');
  const quiet = ['install', '--no-audit', '--no-fund', '--registry', registry, '--ignore-scripts'];
  await run(['npm'], [...quiet, ...packages, ...others], folder);
  const { packages: locked } = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'));
  const installed = Object.keys(locked).map((path) => path.split('node_modules/').at(-1));
  const tensorflow = installed.filter((name) => name.startsWith('@tensorflow/')).sort();
  if (tensorflow.join() !== engineWhole.join())
    throw new Error(`of TensorFlow.js came ${tensorflow.join(', ')}`);
  await writeFile(join(folder, 'main.js'), page);
  const html = (script) => `<!doctype html><script type="module" src="${script}"></script>\n`;
  await writeFile(join(folder, 'index.html'), html('/main.js'));
  await writeFile(join(folder, 'built.html'), html('/dist/main.js'));
  return { folder, note: `${installed.length} packages` };
}

/** Builds the page by a bundler as its users do, and lets it train, draw surfaces and predict on WebGL in Chromium. */
export async function tryPage(folder, name) {
  await bundlers[name](folder);
  // Vite builds the page too, whose script it names by a hash; the others build the script alone.
  const [served, address] = name === 'vite' ? [join(folder, 'dist'), 'index.html'] : [folder, 'built.html'];
  const server = await serveFolder({ '/': served });
  const browser = await launchChromium();
  try {
    const tab = await browser.newPage();
    const errors = [];
    tab.on('pageerror', (error) => errors.push(error.message));
    await tab.goto(server.url + address);
    await tab
      .waitForFunction(() => 'work' in globalThis, undefined, { timeout: 60_000 })
      .catch((error) => {
        throw new Error([error.message, ...errors].join('\n'));
      });
    const done = await tab.evaluate(() => globalThis.work());
    const told = JSON.stringify(done);
    if (done.name !== 'webgl') throw new Error(`it computed on ${done.name}`);
    if (!(Math.abs(done.slope - 3) < 0.1)) throw new Error(`train: the slope is not 3: ${told}`);
    if (!(done.values === 9 && done.centre < 1e-6))
      throw new Error(`landscape: not a surface around 0: ${told}`);
    if (!(done.rows > 0 && done.surfaces > 0)) throw new Error(`study: no scores or surfaces: ${told}`);
    if (done.mask.join() !== '40,48') throw new Error(`study: a mask of another size: ${told}`);
    if (errors.length > 0) throw new Error(errors.join('\n'));
    return { note: `slope ${done.slope.toFixed(2)}, ${done.surfaces} surfaces, predicted, on ${done.name}` };
  } finally {
    await browser.close();
    await server.close();
  }
}
