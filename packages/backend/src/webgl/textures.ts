import { env } from '@tensorflow/tfjs-core';

type Shape = [rows: number, columns: number];
type Kind = readonly [shape: Shape, usage: number, isPacked: boolean];

/** TensorFlow.js's keeper of textures, as far as it is used here. */
export interface TextureManager {
  acquireTexture(...kind: Kind): object;
  releaseTexture(texture: object, ...kind: Kind): void;
  getNumFreeTextures(): number;
  readonly numBytesAllocated: number;
  readonly numBytesFree: number;
}

/** Bytes of free textures that are always kept: 256 MB. */
const kept = 2 ** 28;

/** How many times the most that was in use at once may lie free: what a step frees, the next one takes again. */
const slack = 2;

const threshold = 'WEBGL_DELETE_TEXTURE_THRESHOLD';

const bounded = new WeakSet<TextureManager>();

/**
 * Bounds what the WebGL backend keeps for reuse. It keeps every texture, by its size, for ever, so that images of changing
 * sizes fill the GPU (https://github.com/tensorflow/tfjs/issues/1440); the flag it has for that deletes each texture as it
 * is freed and so forgoes reuse. Here the sizes that were not used for longest go first, once what lies free is more than
 * both `floor` and twice the most that was in use at once. Calling it again does nothing.
 */
export function boundFreeTextures(manager: TextureManager, floor = kept): void {
  if (bounded.has(manager)) return;
  bounded.add(manager);
  const acquire = manager.acquireTexture.bind(manager);
  const release = manager.releaseTexture.bind(manager);
  /** What was freed, by kind, the latest last. */
  const freed = new Map<string, Kind>();
  let mostInUse = 0;

  manager.acquireTexture = (...kind) => {
    const texture = acquire(...kind);
    mostInUse = Math.max(mostInUse, manager.numBytesAllocated - manager.numBytesFree);
    return texture;
  };

  manager.releaseTexture = (texture, ...kind) => {
    release(texture, ...kind);
    const key = kind.join();
    freed.delete(key);
    freed.set(key, kind);
    if (manager.numBytesFree > Math.max(floor, slack * mostInUse)) deleteOldest();
  };

  /** Takes free textures out, the oldest kinds first, and gives them back to be deleted, until half the bound is left. */
  function deleteOldest(): void {
    const before = env().getNumber(threshold);
    env().set(threshold, 0);
    const goal = Math.max(floor, slack * mostInUse) / 2;
    for (const [key, kind] of freed) {
      if (manager.numBytesFree <= goal) break;
      freed.delete(key);
      for (let wasFree = true; wasFree; ) {
        const count = manager.getNumFreeTextures();
        const texture = acquire(...kind);
        wasFree = manager.getNumFreeTextures() < count;
        release(texture, ...kind);
      }
    }
    env().set(threshold, before);
  }
}
