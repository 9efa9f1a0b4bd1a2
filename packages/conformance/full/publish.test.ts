import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('the packages can be versioned, packed, published and installed', () => {
  const script = fileURLToPath(new URL('../scripts/publish.mjs', import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  expect(stdout.trim().split('\n').at(-1)).toMatch(/^\d+ passed, 0 failed/);
  expect(status).toBe(0);
});
