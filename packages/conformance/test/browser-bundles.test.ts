import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { bundleForPage, mainEntry, pagePackages, writePageBundles } from '../scripts/page-bundles.mjs';

/** A row of size-limit's own report. */
interface Weighed {
  readonly name: string;
  readonly passed: boolean;
  readonly size: number;
  readonly sizeLimit: number;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const entries = new Map(
  await Promise.all(pagePackages.map(async (name) => [name, await mainEntry(name)] as const)),
);
const built = pagePackages.filter((name) => existsSync(entries.get(name)!));

/** What size-limit says of the bundles that lie in their folder, by the budgets of `.size-limit.mjs`. */
async function weigh(): Promise<Weighed[]> {
  const bin = join(dirname(createRequire(import.meta.url).resolve('size-limit/package.json')), 'bin.js');
  // It exits with 1 where a budget is passed; the rows say which.
  const { stdout } = await promisify(execFile)(process.execPath, [bin, '--json'], { cwd: root }).catch(
    (error: { stdout?: string }) => {
      if (error.stdout?.startsWith('[')) return { stdout: error.stdout };
      throw error;
    },
  );
  return JSON.parse(stdout) as Weighed[];
}

const table = (rows: readonly Weighed[]) =>
  rows
    .map(({ name, size, sizeLimit }) => {
      const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1).padStart(8);
      return `${name.padEnd(18)}${kilobytes(size)} of ${kilobytes(sizeLimit)} KB gzip\n`;
    })
    .join('');

describe('the main entry bundles for a browser, with nothing of Node in it', () => {
  test.each(built)('%s', async (name) => {
    const { eager, lazy, outside } = await bundleForPage(entries.get(name)!);
    expect(outside.filter((specifier) => !/^(@tensorflow\/tfjs-|onnxruntime-web)/.test(specifier))).toEqual(
      [],
    );
    expect(eager + lazy).not.toMatch(/(?:from|import|require\()\s*\(?["'`](?:node:|onnxruntime-node)/);
    for (const module of builtinModules) expect(outside).not.toContain(module);
  });
});

test.skipIf(built.length < pagePackages.length)('every entry keeps its budget of kilobytes', async () => {
  await writePageBundles();
  const rows = await weigh();
  process.stdout.write(table(rows));
  expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining([...pagePackages]));
  expect(table(rows.filter(({ passed }) => !passed))).toBe('');
});

test('a module of Node in a bundle is seen', async () => {
  const { outside } = await bundleForPage(
    fileURLToPath(new URL('../scripts/publish/tarball.mjs', import.meta.url)),
  );
  expect(outside).toContain('node:zlib');
});
