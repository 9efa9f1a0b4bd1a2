import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRun } from '../src/index.js';
import { fsStorage } from '../src/node.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
// Inside the package, so that the child finds its dependencies.
const outDir = here('../node_modules/.kill');
let root: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'segscape-kill-'));
  await build({
    config: false,
    entry: { writer: here('fixtures/writer.ts') },
    outDir,
    format: 'esm',
    dts: false,
    logLevel: 'silent',
    fixedExtension: true,
    deps: { alwaysBundle: [/^@segscape\//] },
    inputOptions: { resolve: { conditionNames: ['@segscape/source', 'node', 'import'] } },
  });
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
  rmSync(outDir, { recursive: true, force: true });
});

test.each([0, 3, 11, 20])(
  'killed %i ms into its work: every file is whole, no epoch is lost, and the run goes on',
  async (delay) => {
    const folder = join(root, `run-${delay}`);
    const child = spawn(process.execPath, [join(outDir, 'writer.mjs'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, delay));
    child.kill('SIGKILL');
    await once(child, 'exit');

    const run = await openRun(fsStorage(folder));
    expect(await run.validate()).toEqual([]);
    const { tensors, metadata } = await run.loadCheckpoint('latest');
    const epoch = metadata.epoch as number;
    expect(tensors.w!.data[0]).toBe(epoch);
    const epochs = (await run.history()).map((row) => row.epoch);
    expect(epochs).toEqual(epochs.map((_, i) => i + 1));
    // The checkpoint is written first, so the history may lack the very last epoch, never more.
    expect(epoch - epochs.length).toBeLessThanOrEqual(1);
    await run.rewind({ loss: 'ce', seed: 0, epoch });
    await run.recordEpoch({ loss: 'ce', seed: 0, epoch: epoch + 1, measures: { train: { loss: 0 } } });
    expect((await run.history()).at(-1)).toMatchObject({ epoch: epoch + 1, value: 0 });
  },
);
