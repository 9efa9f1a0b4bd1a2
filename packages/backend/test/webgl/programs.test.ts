import { useBackend } from '@segscape/backend';
import { add, backend, mul, ones, sum, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { type Binary, boundPrograms, type ProgramKeeper } from '../../src/webgl/programs.js';

/** Some programs for each size; the sum of 2 · (1 + 1). */
const work = async (rows: number): Promise<number> => {
  const total = tidy(() => {
    const x = ones([rows, 3]);
    return sum(mul(add(x, x), 2));
  });
  const [value] = await total.data();
  total.dispose();
  return value!;
};

test('programs stay bounded over changing sizes, and results stay right', async () => {
  await useBackend('webgl');
  const webgl = backend() as unknown as ProgramKeeper;
  const count = () => Object.keys(webgl.binaryCache).length;
  const before = count();
  for (let rows = 200; rows < 210; rows++) expect(await work(rows)).toBe(12 * rows);
  const ofOne = (count() - before) / 10;
  expect(ofOne).toBeGreaterThan(2);
  boundPrograms(webgl, { most: 20, idle: 0 });
  for (let rows = 210; rows < 230; rows++) expect(await work(rows)).toBe(12 * rows);
  expect(count()).toBeLessThanOrEqual(20);
  for (let rows = 200; rows < 230; rows++) expect(await work(rows)).toBe(12 * rows);
  expect(webgl.gpgpu.gl).toSatisfy((gl: WebGL2RenderingContext) => gl.getError() === gl.NO_ERROR);
  boundPrograms(webgl);
});

/** Counts what it compiles and deletes. */
class Counted implements ProgramKeeper {
  readonly binaryCache: Record<string, Binary> = {};
  readonly deleted: unknown[] = [];
  compiled = 0;
  readonly gpgpu = {
    gl: { deleteShader: (shader: WebGLShader | null) => void this.deleted.push(shader) },
    deleteProgram: (program: WebGLProgram) => void this.deleted.push(program),
  };
  getAndSaveBinary(key: string, compile: () => Binary): Binary {
    this.binaryCache[key] ??= compile();
    return this.binaryCache[key];
  }

  run(...keys: string[]): void {
    for (const key of keys)
      this.getAndSaveBinary(key, () => {
        this.compiled++;
        return { webGLProgram: `${key} program`, fragmentShader: `${key} shader` } as unknown as Binary;
      });
  }
}

describe('of the programs', () => {
  test('those that did not run for longest go first, with their shaders', () => {
    const keeper = new Counted();
    boundPrograms(keeper, { most: 3, idle: 0 });
    keeper.run('a', 'b', 'c', 'a', 'd');
    expect(Object.keys(keeper.binaryCache).sort()).toEqual(['a', 'c', 'd']);
    expect(keeper.deleted).toEqual(['b program', 'b shader']);
  });

  test('those of the last runs are kept, however many', () => {
    const keeper = new Counted();
    boundPrograms(keeper, { most: 2, idle: 10 });
    const step = ['a', 'b', 'c', 'd', 'e'];
    for (let i = 0; i < 4; i++) keeper.run(...step);
    expect([keeper.compiled, keeper.deleted.length]).toEqual([5, 0]);
    keeper.run('v', 'w', 'x', 'y', 'z', 'v', 'w', 'x', 'y', 'z', 'new');
    expect(Object.keys(keeper.binaryCache).sort()).toEqual(['new', 'v', 'w', 'x', 'y', 'z']);
  });
});
