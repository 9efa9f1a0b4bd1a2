import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { rolldown } from 'rolldown';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds on a page, each with its element. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(axe, 'utf8'));
  return page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    return (await checker.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
}

/** A bare page of somebody else's, under a policy that allows its own script and nothing else. */
export async function barePage(folder: string): Promise<string> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL('../src/page/index.ts', import.meta.url)),
    platform: 'browser',
    resolve: { conditionNames: ['@segscape/source', 'browser', 'import', 'default'] },
  });
  const { output } = await bundle.generate({ format: 'iife', name: 'parts' });
  await bundle.close();
  const script = `${output[0].code.trim()}\nglobalThis.seen={picked:[],moments:[],violations:[]};addEventListener('securitypolicyviolation',(e)=>seen.violations.push(e.violatedDirective));`;
  const hash = createHash('sha256').update(script).digest('base64');
  const file = join(folder, 'bare.html');
  writeFileSync(
    file,
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Bare</title><meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-${hash}'; img-src data: blob:"></head><body><main><h1>Bare</h1><div id="a"></div></main><script>${script}</script></body></html>`,
  );
  return pathToFileURL(file).href;
}
