import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sharedFolder } from '@segscape/testing';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../scripts/oracles.mjs', import.meta.url));
const folder = sharedFolder('oracles');

test.skipIf(folder === undefined)(
  `every oracle case on WebGL in Chromium${folder === undefined ? ' (skipped: no oracle files beside this checkout)' : ''}`,
  () => {
    const files = readdirSync(folder!)
      .filter((name) => name.endsWith('.json'))
      .map((name) => `${folder}/${name}`);
    const { status, stdout } = spawnSync(process.execPath, [script, ...files, '--executor', 'webgl'], {
      encoding: 'utf8',
    });
    expect(stdout.trim().split('\n').at(-1)).toMatch(/^\d+ passed, 0 failed/);
    expect(status).toBe(0);
  },
);
