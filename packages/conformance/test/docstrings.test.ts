import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { beforeAll, describe, expect, test } from 'vitest';
import { pagePackages } from '../scripts/page-bundles.mjs';

const packages = fileURLToPath(new URL('../../', import.meta.url));

const leaves = (node: unknown): string[] =>
  typeof node === 'string' ? [node] : node instanceof Object ? Object.values(node).flatMap(leaves) : [];

/** The source files of a package's entries. */
function entriesOf(folder: string): string[] {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { exports: unknown };
  const sources = leaves(exports).filter((path) => /^\.\/src\/.*(?<!\.d)\.ts$/.test(path));
  return [...new Set(sources)].map((path) => join(folder, path)).filter(existsSync);
}

/** Of a function that gives nothing, or says something of its argument, there is nothing to say. */
const givesNothing = (signature: ts.Signature, checker: ts.TypeChecker): boolean =>
  ['void', 'never', 'Promise<void>'].includes(checker.typeToString(signature.getReturnType())) ||
  signature.declaration?.type?.kind === ts.SyntaxKind.TypePredicate;

/** What the docstring of an exported function lacks, in words; undefined of what is none, or is another package's. */
function lackOf(symbol: ts.Symbol, checker: ts.TypeChecker, folder: string): string | undefined {
  const declaration = symbol.valueDeclaration;
  if (!declaration?.getSourceFile().fileName.startsWith(join(folder, 'src'))) return undefined;
  const signatures = checker.getTypeOfSymbolAtLocation(symbol, declaration).getCallSignatures();
  if (signatures.length === 0) return undefined;
  const tags = (symbol.declarations ?? [declaration]).flatMap((each) =>
    ts.getJSDocTags(ts.isVariableDeclaration(each) ? each.parent.parent : each),
  );
  const params = tags.filter(({ tagName }) => tagName.text === 'param').length;
  const most = Math.max(...signatures.map(({ parameters }) => parameters.length));
  const returns = tags.some(({ tagName }) => tagName.text === 'returns');
  const lacks = [
    ...(params < most ? [`${most - params} @param`] : []),
    ...(returns || signatures.every((each) => givesNothing(each, checker)) ? [] : ['@returns']),
  ];
  return lacks.length === 0 ? undefined : `${symbol.name} lacks ${lacks.join(' and ')}`;
}

/** One program over all packages: TensorFlow.js's declarations, which every one of them imports, are read once. */
function programOf(folders: readonly string[]): ts.Program {
  const config = ts.readConfigFile(join(packages, '../tsconfig.base.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, join(packages, '..'));
  return ts.createProgram(folders.flatMap(entriesOf), { ...options, noEmit: true });
}

/** Exported functions whose docstrings do not say all of what goes in and comes out. */
function undocumented(folder: string, program: ts.Program): string[] {
  const checker = program.getTypeChecker();
  const found = entriesOf(folder).flatMap((entry) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!);
    return module === undefined ? [] : checker.getExportsOfModule(module);
  });
  const lacks = found.flatMap((symbol) => {
    const own = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return lackOf(own, checker, folder) ?? [];
  });
  return [...new Set(lacks)].sort();
}

describe('every public function says what each argument is, and what it gives', () => {
  const folderOf = (name: string) => join(packages, name);
  let program: ts.Program;
  beforeAll(() => {
    program = programOf(pagePackages.map(folderOf));
  });

  test.each(pagePackages)('%s', (name) => {
    expect(entriesOf(folderOf(name)).length).toBeGreaterThan(0);
    expect(undocumented(folderOf(name), program)).toEqual([]);
  });
});
