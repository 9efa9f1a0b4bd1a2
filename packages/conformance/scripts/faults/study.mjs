import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const cli = fileURLToPath(new URL('../../../segscape/dist/cli.js', import.meta.url));
export const preload = fileURLToPath(new URL('kill-at.mjs', import.meta.url));

const config = `name: tiny
data: { kind: phantom, count: 6, height: 16, width: 16, seed: 7, split: { test: 2 } }
model: { kind: unet, baseChannels: 2, depth: 2, norm: batch }
losses: [crossEntropy, { kind: dice, label: Dice }]
training: { epochs: 2, batchSize: 2 }
landscape: { resolution: 3, samples: 2 }
`;

/** A folder of its own with the study's config. */
export async function workFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'segscape-faults-'));
  await writeFile(join(folder, 'tiny.yaml'), config);
  return folder;
}

/** Runs the command line; a run that takes a minute has hung. */
export function segscape(cwd, args, { env = {}, nodeArgs = [] } = {}) {
  const child = spawn(process.execPath, [...nodeArgs, cli, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  return new Promise((resolve) =>
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, out, err });
    }),
  );
}

/** Files that two equal runs may differ in: when and where they were computed, and how long it took. */
const ownTimes = /^(environment\.json|report\.(json|html)|manifest\.(json|sha256)|tensorboard\/)/;

/** Hash of every file of a run that says something, by its path. */
export async function fingerprint(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = new Map();
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = relative(folder, join(entry.parentPath, entry.name));
    if (ownTimes.test(path)) continue;
    let bytes = await readFile(join(folder, path));
    // Epochs are recorded as they end, in whatever order a resumed run comes to them.
    if (path === 'history.csv') bytes = Buffer.from(bytes.toString().trim().split('\n').sort().join('\n'));
    found.set(path, createHash('sha256').update(bytes).digest('hex'));
  }
  return found;
}

/** The first difference of two runs, in words; undefined where they are equal. */
export function difference(got, expected) {
  for (const [path, hash] of expected)
    if (got.get(path) !== hash) return got.has(path) ? `${path} differs` : `${path} is missing`;
  for (const path of got.keys()) if (!expected.has(path)) return `${path} is left over`;
  return undefined;
}
