import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { run } from './run.mjs';

const ours = ['@segscape/core', '@segscape/losses', '@segscape/morphology'];
const engine = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', '@tensorflow/tfjs-backend-cpu'];
const engineVersion = '4.22.0';

const training = `
import '@tensorflow/tfjs-backend-cpu';
import { focal } from '@segscape/losses';
import { oneHot, ready, tensor, train } from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';

await ready();
const pixels = Float32Array.from({ length: 4 * 8 * 8 }, (_, i) => Math.sin(i * i));
const images = tensor(pixels, [4, 8, 8, 1]);
const labels = oneHot(tensor(Int32Array.from(pixels, (value) => Number(value > 0.3)), [4, 8, 8], 'int32'), 2);
const kernelInitializer = initializers.heNormal({ seed: 7 });
const model = sequential({
  layers: [
    layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu', inputShape: [8, 8, 1], kernelInitializer }),
    layers.conv2d({ filters: 2, kernelSize: 1, kernelInitializer }),
  ],
});
model.compile({ optimizer: train.adam(0.02), loss: focal({ gamma: 2 }) });
const { history } = await model.fit(images, labels, { epochs: 30, verbose: 0, shuffle: false });
console.log(JSON.stringify(history.loss));
`;

export const tryInEmptyProject = {
  /** npm, as a stranger has it, with our tarballs and the engine; says what else came. */
  async install(root, tarballs) {
    const missing = ours.filter((name) => tarballs[name] === undefined);
    if (missing.length > 0) throw new Error(`no tarball of ${missing.join(', ')}`);
    const folder = join(root, 'empty-project');
    await mkdir(folder);
    await writeFile(join(folder, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }\n');
    const wanted = [
      ...ours.map((name) => tarballs[name]),
      ...engine.map((name) => `${name}@${engineVersion}`),
    ];
    await run(['npm'], ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...wanted], folder);
    const { packages } = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'));
    const installed = Object.keys(packages)
      .filter(Boolean)
      .map((path) => path.split('node_modules/').at(-1));
    const engines = closure(engine, packages);
    const rest = installed.filter((name) => !engines.has(name)).sort();
    const expected = [...ours, 'pure-rand'].sort();
    if (rest.join() !== expected.join()) throw new Error(`besides TensorFlow.js came ${rest.join(', ')}`);
    return { folder, note: rest.join(', ') };
  },

  async train(folder) {
    await writeFile(join(folder, 'train.mjs'), training);
    const { out } = await run([process.execPath], ['train.mjs'], folder);
    const curve = JSON.parse(out.trim().split('\n').at(-1));
    const [first, last] = [curve[0], curve.at(-1)];
    if (!(last < 0.9 * first)) throw new Error(`the loss went from ${first} to ${last}`);
    return { note: `loss ${first.toFixed(4)} → ${last.toFixed(4)}` };
  },
};

/** The packages and all that they depend on. */
function closure(names, packages) {
  const seen = new Set();
  const visit = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const [path, { dependencies = {} }] of Object.entries(packages))
      if (path.split('node_modules/').at(-1) === name && path !== '')
        Object.keys(dependencies).forEach(visit);
  };
  names.forEach(visit);
  return seen;
}

/** Gzip size that a named import of `@segscape/losses` adds to an application that has TensorFlow.js already. */
export async function measureImport(folder, name, limitKb) {
  const application = `import * as tf from '@tensorflow/tfjs-core'; globalThis.application = tf;`;
  const size = async (entry, code) => {
    const file = join(folder, `${entry}.mjs`);
    await writeFile(file, code);
    const bundle = await rolldown({ input: file, platform: 'browser', logLevel: 'silent' });
    const { output } = await bundle.generate({ format: 'esm', minify: true });
    await bundle.close();
    return gzipSync(output.map((chunk) => chunk.code ?? '').join('\n'), { level: 9 }).length / 1024;
  };
  const without = await size('without', application);
  const added =
    (await size(
      'with',
      `${application}\nimport { ${name} } from '@segscape/losses'; globalThis.loss = ${name}();`,
    )) - without;
  if (!(added > 0.1 && added <= limitKb)) throw new Error(`it adds ${added.toFixed(2)} KB`);
  return { note: `${added.toFixed(2)} KB beside ${without.toFixed(0)} KB of TensorFlow.js` };
}
