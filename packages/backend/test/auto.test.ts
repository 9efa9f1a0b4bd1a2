import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@segscape/backend';
import { getBackend, setBackend } from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import '@segscape/testing';

let folder: string;
const file = () => join(folder, 'segscape', 'backends.json');
const options = { threads: 1 };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segscape-'));
  vi.stubEnv('XDG_CACHE_HOME', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});
afterAll(() => setBackend('cpu'));

/** Changes what was kept for this machine. */
function edit(change: (info: Record<string, unknown>) => unknown): void {
  const kept = JSON.parse(readFileSync(file(), 'utf8')) as Record<string, Record<string, unknown>>;
  writeFileSync(
    file(),
    JSON.stringify(Object.fromEntries(Object.entries(kept).map(([key, info]) => [key, change(info)]))),
  );
}

test("'auto' takes the fastest that works, and gives the others' reasons", async () => {
  const info = await useBackend('auto', options);
  expect(getBackend()).toBe(info.name.startsWith('node') ? 'tensorflow' : info.name);
  const others = info.passedOver!;
  expect([info.name, ...others.map(({ name }) => name)].sort()).toEqual([
    'cpu',
    'node',
    'node-gpu',
    'wasm',
    'webgpu',
  ]);
  for (const { canTrain, reason, probeMs } of others) {
    expect(reason).toMatch(canTrain ? /^slower: / : /./);
    if (canTrain) expect(probeMs).toBeGreaterThanOrEqual(info.probeMs!);
  }
});

test('the answer is remembered, until it is asked for afresh', async () => {
  await useBackend('auto', options);
  edit((info) => ({ ...info, name: 'cpu', probeMs: 123456 }));
  expect(await useBackend('auto', options)).toMatchObject({ name: 'cpu', probeMs: 123456 });
  expect(getBackend()).toBe('cpu');
  expect((await useBackend('auto', { ...options, fresh: true })).probeMs).toBeLessThan(123456);
  expect((await useBackend('auto', options)).probeMs).toBeLessThan(123456);
});

test('other devices or threads are another machine', async () => {
  await useBackend('auto', options);
  edit((info) => ({ ...info, probeMs: 123456 }));
  vi.stubEnv('CUDA_VISIBLE_DEVICES', '1');
  expect((await useBackend('auto', options)).probeMs).toBeLessThan(123456);
  vi.stubEnv('CUDA_VISIBLE_DEVICES', undefined);
  expect((await useBackend('auto', options)).probeMs).toBe(123456);
});

test('what was kept and is no longer there is measured again', async () => {
  await useBackend('auto', options);
  edit((info) => ({ ...info, name: 'node-gpu' }));
  expect((await useBackend('auto', options)).name).not.toBe('node-gpu');
});

test.each([
  ['no JSON', '{"'],
  ['a list', '[1]'],
  ['null', 'null'],
])('a cache that is %s is ignored', async (_what, text) => {
  await useBackend('auto', options);
  writeFileSync(file(), text);
  expect((await useBackend('auto', options)).canTrain).toBe(true);
});

test('entries that make no sense are ignored', async () => {
  await useBackend('auto', options);
  edit(() => ({ name: 3 }));
  expect((await useBackend('auto', options)).probeMs).toBeGreaterThan(0);
});

test('a folder that cannot be written is ignored', async () => {
  writeFileSync(join(folder, 'file'), '');
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'file'));
  expect((await useBackend('auto', options)).canTrain).toBe(true);
});
