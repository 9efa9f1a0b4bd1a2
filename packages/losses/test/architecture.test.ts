import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, test } from 'vitest';

/** Rooms and files of `src`, from the ground up: what stands lower knows nothing of what stands higher. */
const floors = [
  ['loss.ts'],
  ['class-planes'],
  ['define'],
  ['pixel', 'region', 'boundary'],
  ['combine'],
  ['config'],
  ['profile'],
  ['loss-profile.ts'],
  ['index.ts'],
];

const source = new URL('../src/', import.meta.url);
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'));

/** Files that a file imports, types included. */
const imported = (file: string): string[] =>
  [...readFileSync(new URL(file, source), 'utf8').matchAll(/(?:from|import) '(\.[^']*)\.js'/g)].map(
    ([, path]) => posix.join(posix.dirname(file), `${path}.ts`),
  );

const roomOf = (file: string) => file.split('/')[0] as string;
const floorOf = (file: string) => floors.findIndex((rooms) => rooms.includes(roomOf(file)));

test('every file stands on a floor, and every import is of a file', () => {
  expect(files.filter((file) => floorOf(file) < 0)).toEqual([]);
  expect(files.flatMap(imported).filter((file) => !files.includes(file))).toEqual([]);
});

test('no import runs upward, or from one room to another on its floor', () => {
  const wrong = files.flatMap((file) =>
    imported(file)
      .filter((other) => roomOf(other) !== roomOf(file) && floorOf(other) >= floorOf(file))
      .map((other) => `${file} → ${other}`),
  );
  expect(wrong).toEqual([]);
});

test('no imports run in a circle', () => {
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
