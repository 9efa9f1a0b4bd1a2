import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** From the ground up: a room imports from itself and from those below it. */
const rooms = [
  'directions',
  'grids',
  'lines',
  'curvature',
  'planes',
  'statistics',
  'trust',
  'forensics',
  'filters',
  'files',
  'runners',
  'on-demand',
];
const source = fileURLToPath(new URL('../src/', import.meta.url));

/** Relative imports of a file, from `src`. */
function importsOf(path: string): string[] {
  const text = readFileSync(`${source}${path}`, 'utf8');
  return [...text.matchAll(/^(?!\s*\*).*from '(\.[^']+)\.js'/gm)].map(([, target]) =>
    new URL(`${target}.ts`, `file:///${path}`).pathname.slice(1),
  );
}
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'));

test('no import runs upward', () => {
  const floor = (path: string) => (path.includes('/') ? rooms.indexOf(path.split('/')[0]!) : rooms.length);
  expect(files.filter((path) => floor(path) < 0)).toEqual([]);
  const upward = files.flatMap((path) =>
    importsOf(path)
      .filter((target) => floor(target) > floor(path))
      .map((target) => `${path} → ${target}`),
  );
  expect(upward).toEqual([]);
});

test('no imports run in circles', () => {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, way: readonly string[]) => {
    if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' → '));
    else if (!done.has(path)) {
      for (const target of importsOf(path)) visit(target, [...way, path]);
      done.add(path);
    }
  };
  for (const path of files) visit(path, []);
  expect(circles).toEqual([]);
});

test('no file is longer than 250 lines', () => {
  const lines = (path: string) => readFileSync(`${source}${path}`, 'utf8').split('\n').length;
  expect(files.filter((path) => lines(path) > 250)).toEqual([]);
});
