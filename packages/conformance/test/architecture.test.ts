import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const packages = fileURLToPath(new URL('../../', import.meta.url));

/** From the ground up. A package imports only from floors below; those on one floor do not know each other. */
const floors: readonly (readonly string[])[] = [
  ['core'],
  ['morphology'],
  ['backend', 'data', 'augment', 'models', 'losses', 'metrics'],
  ['jit'],
  ['train', 'landscape', 'runs'],
  ['report'],
  ['study'],
  ['segscape', 'lab', 'conformance', 'bench', 'examples', 'docs'],
];
const floorOf = (name: string) => floors.findIndex((floor) => floor.includes(name));

const sourceFile = /\.(?:ts|mts|js|mjs|svelte)$/;
const folders = readdirSync(packages).filter((name) => floorOf(name) >= 0);

const sourcesOf = (name: string): string[] => {
  try {
    return readdirSync(join(packages, name, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => sourceFile.test(path) && !path.endsWith('.d.ts'))
      .map((path) => join(packages, name, 'src', path));
  } catch {
    return []; // a package of tests only
  }
};

/** What a file imports: values and types, static and dynamic; of a Svelte component what its scripts do. */
function specifiersOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const code = file.endsWith('.svelte')
    ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(([, script]) => script).join('\n')
    : text;
  return ts.preProcessFile(code, true, true).importedFiles.map(({ fileName }) => fileName);
}

const leaves = (node: unknown): string[] =>
  typeof node === 'string' ? [node] : node instanceof Object ? Object.values(node).flatMap(leaves) : [];

/** Files of the package that a relative or `#` specifier may mean. */
function filesBehind(name: string, file: string, specifier: string): string[] {
  if (specifier.startsWith('.')) return [resolve(dirname(file), specifier)];
  if (!specifier.startsWith('#')) return [];
  const { imports = {} } = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8')) as {
    imports?: Readonly<Record<string, unknown>>;
  };
  return leaves(imports[specifier])
    .filter((path) => path.startsWith('./src/'))
    .map((path) => join(packages, name, path));
}

const shown = (path: string) => relative(packages, path).split(sep).join('/');

/** Circles among the files of a graph, each as the way around. */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (at: string, path: readonly string[]): void => {
    if (path.includes(at)) circles.push([...path.slice(path.indexOf(at)), at].map(shown).join(' → '));
    if (done.has(at) || path.includes(at)) return;
    for (const next of graph.get(at) ?? []) visit(next, [...path, at]);
    done.add(at);
  };
  for (const at of graph.keys()) visit(at, []);
  return circles;
}

function graphOf(name: string): Map<string, string[]> {
  const sources = sourcesOf(name);
  const known = new Set(sources);
  const found = (path: string) =>
    [path, path.replace(/\.js$/, '.ts'), path.replace(/\.mjs$/, '.mts'), `${path}.ts`].filter((one) =>
      known.has(one),
    );
  return new Map(
    sources.map((file) => [
      file,
      specifiersOf(file).flatMap((specifier) => filesBehind(name, file, specifier).flatMap(found)),
    ]),
  );
}

test('every folder of a package stands on a floor', () => {
  const named = readdirSync(packages, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(named.map(({ name }) => name).filter((name) => floorOf(name) < 0 && name !== 'testing')).toEqual([]);
});

describe.each(folders)('%s', (name) => {
  test('imports only from floors below, types included, and nothing by a deep path', () => {
    const wrong: string[] = [];
    for (const file of sourcesOf(name))
      for (const specifier of specifiersOf(file)) {
        const other = /^(?:@segscape\/([a-z]+)|(segscape))(?:\/|$)/.exec(specifier);
        const target = other?.[1] ?? other?.[2];
        if (target === undefined || target === name || target === 'testing') continue;
        const upward = floorOf(target) >= floorOf(name);
        if (upward || /\/(?:src|dist)(?:\/|$)/.test(specifier)) wrong.push(`${shown(file)} → ${specifier}`);
      }
    expect(wrong).toEqual([]);
  });

  test('has no circle of imports, types included', () => {
    expect(circlesOf(graphOf(name))).toEqual([]);
  });
});

test('testing imports no package of ours', () => {
  const ours = sourcesOf('testing').flatMap((file) =>
    specifiersOf(file)
      .filter((specifier) => /^(?:@segscape\/|segscape$|(?:\.\.\/){2,})/.test(specifier))
      .map((specifier) => `${shown(file)} → ${specifier}`),
  );
  expect(ours).toEqual([]);
});

test('a circle is seen, and the way around it told', () => {
  const at = (name: string) => join(packages, name);
  const graph = new Map([
    [at('a'), [at('b')]],
    [at('b'), [at('c')]],
    [at('c'), [at('b')]],
  ]);
  expect(circlesOf(graph)).toEqual(['b → c → b']);
});
