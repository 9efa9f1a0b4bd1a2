import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodePng } from '@segscape/report';
import { afterAll } from 'vitest';

/** The built command line. */
export const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when a line of standard output fits. */
  seen(pattern: RegExp): Promise<void>;
  /** Resolves when standard error fits, or at the end. */
  said(pattern: RegExp): Promise<void>;
}

/** A folder of its own for a test file, removed afterwards. */
export function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'segscape-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts the built command line as a process of its own. */
export function start(cwd: string, ...args: string[]): Started {
  const child = spawn(process.execPath, [cli, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  const listeners: (() => void)[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
    for (const listener of listeners) listener();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk;
    for (const listener of listeners) listener();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, out, err }));
  });
  const seen = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => pattern.test(out) && resolve();
      listeners.push(look);
      look();
      void ended.then(() => reject(new Error(`Ended before ${pattern} was seen:\n${out}\n${err}`)));
    });
  const said = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => pattern.test(err) && resolve();
      listeners.push(look);
      look();
      void ended.then(() => resolve(), reject);
    });
  return { process: child, ended, seen, said };
}

export const segscape = (cwd: string, ...args: string[]): Promise<Ended> => start(cwd, ...args).ended;

/** A study of seconds: two losses on eight small phantoms. */
export const tinyConfig = ({ epochs = 2, repeats = 1 } = {}) => `\
name: tiny
data: { kind: phantom, phantom: fundus, count: 8, height: 32, width: 32, seed: 7, split: { test: 2 } }
augment:
  - kind: flip
model: { kind: unet, baseChannels: 4, depth: 2, norm: batch }
losses:
  - crossEntropy
  - { name: dice, label: Dice }
training: { epochs: ${epochs}, batchSize: 2, repeats: ${repeats} }
landscape: { resolution: 3, samples: 2 }
`;

/** A picture with a bright disc somewhere, or the disc's mask; gray, or as many channels alike. */
export function disc(
  height: number,
  width: number,
  at: number,
  bright: number,
  dark: number,
  channels = 1,
): Uint8Array {
  const data = Uint8Array.from({ length: height * width * channels }, (_, i) => {
    const pixel = Math.floor(i / channels);
    const [y, x] = [Math.floor(pixel / width) - at, (pixel % width) - at];
    return y * y + x * x < 36 ? bright : dark;
  });
  return encodePng({ data, height, width, channels });
}

/** `images` and `masks` with a few discs; the sizes differ unless one is given. */
export async function discFolder(root: string, count = 6, side?: number, channels = 1): Promise<void> {
  await mkdir(join(root, 'images'), { recursive: true });
  await mkdir(join(root, 'masks'), { recursive: true });
  for (let i = 0; i < count; i++) {
    const [height, width] = side === undefined ? [32 + 4 * (i % 2), 40] : [side, side];
    const at = height / 3 + i;
    await writeFile(join(root, 'images', `cell-${i}.png`), disc(height, width, at, 200, 60, channels));
    await writeFile(join(root, 'masks', `cell-${i}.png`), disc(height, width, at, 255, 0));
  }
}

export const rowsOf = (run: string): string[] =>
  readFileSync(join(run, 'history.csv'), 'utf8').trim().split('\n').sort();
