import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Licences, by SPDX, under which anyone may use, change and pass on what depends on them. */
const allowed = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'CC0-1.0', 'Unlicense'];
/** What says so in words instead of SPDX, or concerns only its own files, each with the reason. */
const looked: Readonly<Record<string, string>> = {
  h5wasm: "NIST's own notice: use, copy, change and distribute, keeping the notice",
};

interface Listed {
  readonly name: string;
  readonly license: string;
}

/** Every part of an `AND` must be allowed, and one of an `OR`. */
const isAllowed = (expression: string) =>
  expression
    .replace(/[()]/g, '')
    .split(' AND ')
    .every((part) => part.split(' OR ').some((name) => allowed.includes(name.trim())));

test('no package that users get has a dependency under another licence', async () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const folders = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
  expect(folders).toContain('packages');
  // Private packages bring tools for building, which nobody gets.
  const { stdout } = await promisify(execFile)(
    'pnpm',
    [
      '--filter-prod',
      'segscape...',
      '--filter-prod',
      '@segscape/train...',
      'licenses',
      'list',
      '--prod',
      '--json',
    ],
    { cwd: root, maxBuffer: 2 ** 26 },
  );
  const listed = Object.values(JSON.parse(stdout) as Record<string, Listed[]>).flat();
  expect(listed.length).toBeGreaterThan(30);
  const others = listed.filter(({ name, license }) => !isAllowed(license) && looked[name] === undefined);
  expect(others.map(({ name, license }) => `${name}: ${license}`)).toEqual([]);
});
