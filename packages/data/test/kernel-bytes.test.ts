import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('src/decode/**/*kernel-bytes.ts are what assembly/*.ts compile to', () => {
  const script = fileURLToPath(new URL('../scripts/build-kernels.mjs', import.meta.url));
  expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toBe('');
});
