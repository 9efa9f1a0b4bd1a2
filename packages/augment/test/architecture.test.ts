import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, test } from 'vitest';

const source = new URL('../src/', import.meta.url);
const files = readdirSync(source).filter((file) => file.endsWith('.ts'));

/** Files that a file imports, types included. */
const imported = (file: string): string[] =>
  [...readFileSync(new URL(file, source), 'utf8').matchAll(/(?:from|import) '(\.[^']*)\.js'/g)].map(
    ([, path]) => posix.join(posix.dirname(file), `${path}.ts`),
  );

test('no imports run in a circle', () => {
  expect(files.flatMap(imported).filter((file) => !files.includes(file))).toEqual([]);
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (done.has(file) || path.includes(file)) return;
    for (const other of imported(file)) visit(other, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});
