import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../scripts/tfjs-suite.mjs', import.meta.url));

test.each(['cpu', 'wasm'])(
  "TensorFlow.js's own tests pass on %s after useBackend as before it, but for the corrections",
  (backend) => expectAllToPass(backend),
);

function expectAllToPass(backend: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--backend', backend], {
    encoding: 'utf8',
  });
  expect(stdout.trim().split('\n').at(-1), stdout + stderr).toMatch(
    /^[34]\d\d\d passed, 0 failed, \d+ skipped$/,
  );
  expect(status).toBe(0);
}
