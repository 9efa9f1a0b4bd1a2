import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compare } from '../tfjs-suite/compare.mjs';
import { corrections } from '../tfjs-suite/corrections.mjs';

const script = fileURLToPath(new URL('../scripts/tfjs-suite.mjs', import.meta.url));
const run = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
const lastLine = (text: string) => text.trim().split('\n').at(-1);

// The whole suite on wasm, too, is among the slow tests.
test("TensorFlow.js's own tests pass on cpu after useBackend as before it, but for the corrections", () => {
  const { status, stdout, stderr } = run('--backend', 'cpu');
  expect(lastLine(stdout), stdout + stderr).toMatch(/^4\d\d\d passed, 0 failed, \d+ skipped$/);
  expect(status).toBe(0);
});

test('on wasm, what an operation of an empty result leaves behind can still compute', () => {
  const { status, stdout, stderr } = run('--backend', 'wasm', '--only', 'avgPool3d');
  expect(lastLine(stdout), stdout + stderr).toMatch(/^2\d passed, 0 failed, \d+ skipped$/);
  expect(status).toBe(0);
});

test('an unknown backend ends with 2 and the names that are known', () => {
  const { status, stderr } = run('--backend', 'wams');
  expect(status).toBe(2);
  expect(stderr.trim()).toBe("tfjs-suite: --backend was 'wams', expected one of cpu, wasm, webgl.");
});

test('a test that fails only afterwards is a fault, unless it is a correction; one that corrects nothing is stale', () => {
  const before = ['a', 'b', 'c'].map((name) => ({
    name: `op cpu {} ${name}`,
    status: name === 'c' ? 'failed' : 'passed',
  }));
  const after = before.map(({ name }) => ({ name, status: 'failed', why: 'no' }));
  const { faults, lacking, stale } = compare('cpu', before, after);
  expect(faults.map(({ name }) => name)).toEqual(['op cpu {} a', 'op cpu {} b']);
  expect(lacking.map(({ name }) => name)).toEqual(['op cpu {} c']);
  expect(stale).toEqual(corrections.flatMap(({ tests }) => tests));
});

test('every correction says why, and where that can be read', () => {
  for (const { tests, backends, because, source } of corrections) {
    expect(tests.length).toBeGreaterThan(0);
    expect(backends.length).toBeGreaterThan(0);
    expect(because.length).toBeGreaterThan(60);
    expect(source).toMatch(/^https:\/\//);
  }
});
