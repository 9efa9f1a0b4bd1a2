import { appendFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeHash } from '../src/code-hash.js';
import { workFolder } from './cli.js';

const folder = workFolder();

/** Packages as npm lays them out: `a` needs `b`, which needs `c` that lies inside it. */
function installed(name: string): string {
  const modules = join(folder, name, 'node_modules', '@segscape');
  const pack = (place: string, needs: readonly string[], own: string) => {
    mkdirSync(join(place, 'dist', 'lab'), { recursive: true });
    const dependencies = Object.fromEntries(needs.map((other) => [`@segscape/${other}`, '1.0.0']));
    writeFileSync(join(place, 'package.json'), JSON.stringify({ name: `@segscape/${own}`, dependencies }));
    writeFileSync(join(place, 'dist', 'index.js'), `export const name = '${own}';\n`);
    writeFileSync(join(place, 'dist', 'index.d.ts'), 'types\n');
    writeFileSync(join(place, 'dist', 'lab', 'page.js'), 'page\n');
  };
  pack(join(modules, 'a'), ['b'], 'a');
  pack(join(modules, 'b'), ['a', 'c'], 'b');
  pack(join(modules, 'b', 'node_modules', '@segscape', 'c'), [], 'c');
  return join(modules, 'a');
}

test('one hash of a package and all of ours that it needs, wherever they lie', async () => {
  const [first, second] = [installed('first'), installed('second')];
  const hash = await codeHash(first);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(await codeHash(second)).toBe(hash);
  // What does not compute here does not count.
  appendFileSync(join(second, 'dist', 'index.d.ts'), 'more');
  appendFileSync(join(second, 'dist', 'lab', 'page.js'), 'more');
  expect(await codeHash(second)).toBe(hash);
  // One byte two packages on does.
  appendFileSync(join(second, '..', 'b', 'node_modules', '@segscape', 'c', 'dist', 'index.js'), ' ');
  expect(await codeHash(second)).not.toBe(hash);
  cpSync(join(first, 'dist', 'index.js'), join(first, 'dist', 'again.js'));
  expect(await codeHash(first)).not.toBe(hash);
});

test('nothing where there are no files to read', async () => {
  expect(await codeHash(join(folder, 'nowhere'))).toBeUndefined();
});
