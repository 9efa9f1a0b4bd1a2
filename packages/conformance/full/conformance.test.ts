import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { vulkanEnvironment } from '../src/runner/vulkan.js';
import { suite } from '../src/suite/cases.js';

const script = fileURLToPath(new URL('../scripts/conformance.mjs', import.meta.url));
const hasChromium = existsSync(process.env.CHROMIUM_PATH ?? '/usr/bin/chromium');
const hasDriver = Object.hasOwn({ ...process.env, ...vulkanEnvironment() }, 'VK_ICD_FILENAMES');

interface Line {
  readonly op: string;
  readonly backend: string;
  readonly maxRelativeError: number;
  readonly ms: number;
  readonly leaks: number;
}

test('every op on every backend of this machine is within 1e-4 and leaves nothing behind', () => {
  const out = mkdtempSync(`${tmpdir()}/conformance-`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--json', '--out', out], {
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  expect(stderr.trim().split('\n').at(-1)).toMatch(/^\d+ passed, 0 failed, \d+ skipped$/);
  expect(status, stderr).toBe(0);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const ran = new Set(lines.map(({ backend }) => backend));
  for (const backend of ['cpu', 'wasm', 'jit']) expect(ran).toContain(backend);
  if (hasDriver) expect(ran).toContain('webgpu');
  if (hasChromium)
    for (const name of ['wasm', 'webgl', 'webgpu']) expect(ran).toContain(`chromium-${name}-worker`);
  for (const { op, backend, leaks } of lines) expect(leaks, `${backend}: ${op}`).toBe(0);
  expect(lines.length).toBeGreaterThan((suite.length - 20) * ran.size);
  expect(readFileSync(`${out}/conformance.md`, 'utf8')).toContain('| op | cpu | wasm | jit |');
});

test('a backend that is not there is skipped in one plain line', () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    [script, '--backend', 'node-gpu', '--only', 'ops/exp'],
    {
      encoding: 'utf8',
    },
  );
  expect(status).toBe(0);
  expect(stdout).toMatch(/^node-gpu( \(.*\): \d+ passed, 0 failed|: skipped: .*tfjs-node-gpu)/);
});

test('wrong arguments end with 2 and the nearest name', () => {
  const { status, stderr } = spawnSync(process.execPath, [script, '--backend', 'wams'], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toContain("did you mean 'wasm'?");
});
