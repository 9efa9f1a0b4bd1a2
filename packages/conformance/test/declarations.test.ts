import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const file = fileURLToPath(new URL('declarations/adapters.ts', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config,
  ts.sys,
  root,
);
const read = new Map<string, ts.SourceFile | undefined>();

/** A declaration file by the end of its path, and what becomes of its text. */
type Change = readonly [end: string, from: string, to: string];

/** Compiles the claims about the packages, with one declaration changed if asked; gives the complaints. */
function complaints(change?: Change): string[] {
  const host = ts.createCompilerHost(options);
  const own = host.getSourceFile.bind(host);
  let changed = 0;
  host.getSourceFile = (name, ...rest) => {
    if (change !== undefined && name.endsWith(change[0])) {
      const text = ts.sys.readFile(name)!;
      if (text.includes(change[1])) changed++;
      return ts.createSourceFile(name, text.replace(change[1], change[2]), rest[0]);
    }
    if (!read.has(name)) read.set(name, own(name, ...rest));
    return read.get(name);
  };
  const program = ts.createProgram([file], options, host);
  if (change !== undefined) expect(changed).toBeGreaterThan(0);
  const { length } = program.getSyntacticDiagnostics();
  expect(length).toBe(0);
  return program
    .getSemanticDiagnostics(program.getSourceFile(file))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('what the adapters ask of packages that they do not import typed', () => {
  test('is declared by those packages', () => {
    expect(complaints()).toEqual([]);
  });

  test.each<Change>([
    ['tfjs-node/dist/nodejs_kernel_backend.d.ts', 'isGPUPackage: boolean;', ''],
    ['tfjs-node/dist/nodejs_kernel_backend.d.ts', 'isUsingGpuDevice: boolean', 'isUsingGpuDevice(): boolean'],
    ['tfjs-node-gpu/dist/nodejs_kernel_backend.d.ts', 'isUsingGpuDevice: boolean;', ''],
    ['tfjs-node/dist/index.d.ts', "export * from '@tensorflow/tfjs';", ''],
    ['webgpu/types.d.ts', 'create(options: string[])', 'open(options: string[])'],
    ['webgpu/types.d.ts', '): GPU;', '): Promise<GPU>;'],
    ['dist/backend_webgpu.d.ts', '    device: GPUDevice;', '    device: string;'],
    ['dist/texture_manager.d.ts', 'releaseTexture(', 'free('],
    ['dist/texture_manager.d.ts', 'getNumFreeTextures(): number', 'getNumFreeTextures(): string'],
    ['dist/backend_webgl.d.ts', 'private textureManager;', ''],
    ['dist/backend_webgl.d.ts', 'private floatPrecisionValue;', ''],
    ['dist/backend_cpu.d.ts', 'private firstUse;', ''],
  ])('and would be missed: %s without %s', (...change) => {
    expect(complaints(change)).not.toEqual([]);
  });
});
