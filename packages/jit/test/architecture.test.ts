import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const src = join(root, 'src');

/** From the ground up: a file imports from its own room and from floors below. What stands in one line does not know of each other. */
const floors: readonly (readonly string[])[] = [
  ['host-array', 'tree', 'traceable'],
  ['program', 'run-eagerly'],
  ['onnx'],
  ['lowering'],
  ['rules/elements', 'rules/reductions', 'rules/arrangement', 'rules/windows', 'rules/sampling'],
  ['rules/linear'],
  ['rules/index'],
  ['compile', 'trace'],
  ['trace-tree'],
  ['run'],
  ['jit-options'],
  ['jit', 'to-onnx'],
  ['index'],
];

/** A module by its path within `src`, without its ending. */
const nameOf = (file: string) => relative(src, file).split(sep).join('/').replace(/\.ts$/, '');

/** Files behind the package's own specifiers, `#runtime`. */
const { imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { imports: object };
const leaves = (node: object | string): string[] =>
  typeof node === 'string' ? [node] : Object.values(node).flatMap(leaves);
const behind = (specifier: string) =>
  leaves(imports[specifier as keyof typeof imports]).filter((path) => path.startsWith('./src/'));

/** What a module imports of this package: values and types, static and dynamic. */
function importsOf(file: string): string[] {
  const found = ts.preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles;
  return found.flatMap(({ fileName }) => {
    if (fileName.startsWith('#')) return behind(fileName).map((path) => nameOf(join(root, path)));
    return fileName.startsWith('.') ? [nameOf(resolve(dirname(file), fileName.replace(/\.js$/, '.ts')))] : [];
  });
}

const modules = new Map(
  readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [nameOf(join(src, path)), importsOf(join(src, path))] as const),
);

const rooms = floors.flat();
const roomOf = (name: string) => rooms.find((room) => name === room || name.startsWith(`${room}/`));
const floorOf = (room: string) => floors.findIndex((floor) => floor.includes(room));

test('every module stands on a floor, and every import leads to one', () => {
  expect([...modules.keys()].filter((name) => roomOf(name) === undefined)).toEqual([]);
  const imported = [...modules.values()].flat();
  expect(imported.filter((name) => !modules.has(name))).toEqual([]);
  expect(imported.length).toBeGreaterThan(modules.size);
});

test('no import runs upward, nor to a room beside, types included', () => {
  const wrong = [...modules].flatMap(([name, list]) =>
    list
      .filter((other) => {
        const [from, to] = [roomOf(name)!, roomOf(other)!];
        return from !== to && floorOf(to) >= floorOf(from);
      })
      .map((other) => `${name} → ${other}`),
  );
  expect(wrong).toEqual([]);
});

test('no imports run in a circle, types included', () => {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) circles.push([...path.slice(path.indexOf(name)), name].join(' → '));
    if (done.has(name) || path.includes(name)) return;
    for (const other of modules.get(name) ?? []) visit(other, [...path, name]);
    done.add(name);
  };
  for (const name of modules.keys()) visit(name, []);
  expect(circles).toEqual([]);
});

test('files stay under 250 lines', () => {
  const long = [...modules.keys()].filter(
    (name) => readFileSync(join(src, `${name}.ts`), 'utf8').split('\n').length > 250,
  );
  expect(long).toEqual([]);
});
