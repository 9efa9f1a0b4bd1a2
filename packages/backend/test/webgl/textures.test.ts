import { useBackend } from '@segscape/backend';
import { add, backend, env, fill, memory, sum, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { boundFreeTextures, type TextureManager } from '../../src/webgl/textures.js';

const managerOf = () => (backend() as unknown as { textureManager: TextureManager }).textureManager;

beforeAll(() => useBackend('webgl'));

/** An image of 4 × `rows` KB and a few results like it. */
const work = async (rows: number): Promise<number> => {
  const total = tidy(() => {
    const image = fill([rows, 1024], 1);
    return sum(add(add(image, 1), image));
  });
  const [value] = await total.data();
  total.dispose();
  return value!;
};

const inUse = () => managerOf().numBytesAllocated - managerOf().numBytesFree;

describe('textures that lie free', () => {
  test('stay bounded over images of changing sizes, and results stay right', async () => {
    const bound = 2 ** 28;
    let allocated = 0;
    for (let i = 0; i < 16; i++) {
      const rows = 2048 + 16 * i;
      expect(await work(rows)).toBe(3 * rows * 1024);
      allocated = Math.max(
        allocated,
        (memory() as unknown as { numBytesInGPUAllocated: number }).numBytesInGPUAllocated,
      );
    }
    expect(managerOf().numBytesFree).toBeLessThanOrEqual(bound);
    // It was near the bound, or this test would show nothing.
    expect(allocated).toBeGreaterThan(bound / 2);
    expect(allocated).toBeLessThan(1.5 * bound);
    expect(inUse()).toBe(0);
    expect(env().getNumber('WEBGL_DELETE_TEXTURE_THRESHOLD')).toBe(-1);
  });

  test('are used again by the next step of the same size', async () => {
    await work(2048);
    const { numBytesAllocated } = managerOf();
    const free = managerOf().getNumFreeTextures();
    for (let i = 0; i < 5; i++) await work(2048);
    expect(managerOf().numBytesAllocated).toBe(numBytesAllocated);
    expect(managerOf().getNumFreeTextures()).toBe(free);
  });
});

/** Counts what it makes and deletes; a texture has as many bytes as pixels. */
class Counted implements TextureManager {
  numBytesAllocated = 0;
  numBytesFree = 0;
  created = 0;
  readonly free = new Map<string, object[]>();

  acquireTexture([rows, columns]: [number, number]): object {
    const texture = this.free.get(`${rows}×${columns}`)?.pop();
    if (texture === undefined) {
      this.created++;
      this.numBytesAllocated += rows * columns;
    } else this.numBytesFree -= rows * columns;
    return texture ?? {};
  }

  releaseTexture(texture: object, [rows, columns]: [number, number]): void {
    const key = `${rows}×${columns}`;
    const threshold = env().getNumber('WEBGL_DELETE_TEXTURE_THRESHOLD');
    if (threshold !== -1 && this.numBytesAllocated > threshold) this.numBytesAllocated -= rows * columns;
    else {
      this.free.set(key, [...(this.free.get(key) ?? []), texture]);
      this.numBytesFree += rows * columns;
    }
  }

  getNumFreeTextures = () => [...this.free.values()].reduce((n, textures) => n + textures.length, 0);
}

describe('of the textures that lie free', () => {
  const step = (manager: TextureManager, size: number, count: number) => {
    const textures = Array.from({ length: count }, () => manager.acquireTexture([size, 1], 1, false));
    for (const texture of textures) manager.releaseTexture(texture, [size, 1], 1, false);
  };

  test('the oldest go first, and only beyond the bound', () => {
    const manager = new Counted();
    boundFreeTextures(manager, 1000);
    for (const size of [100, 101, 102]) step(manager, size, 3);
    expect(manager.numBytesFree).toBe(909);
    step(manager, 100, 1);
    step(manager, 103, 3);
    expect(manager.numBytesFree).toBeLessThanOrEqual(1000);
    expect([...manager.free].filter(([, { length }]) => length > 0).map(([key]) => key)).not.toContain(
      '101×1',
    );
    expect(manager.numBytesAllocated).toBe(manager.numBytesFree);
  });

  test('a step larger than the bound is kept whole', () => {
    const manager = new Counted();
    boundFreeTextures(manager, 1000);
    step(manager, 100, 30);
    const { created } = manager;
    for (let i = 0; i < 4; i++) step(manager, 100, 30);
    expect([created, manager.created]).toEqual([30, 30]);
  });
});
