import { existsSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { bundleForPage, mainEntry, pagePackages } from '../scripts/page-bundles.mjs';

const entries = new Map(
  await Promise.all(pagePackages.map(async (name) => [name, await mainEntry(name)] as const)),
);
const built = pagePackages.filter((name) => existsSync(entries.get(name)!));

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

test('a module of Node in a bundle is seen', async () => {
  const { outside } = await bundleForPage(
    fileURLToPath(new URL('../scripts/publish/tarball.mjs', import.meta.url)),
  );
  expect(outside).toContain('node:zlib');
});
