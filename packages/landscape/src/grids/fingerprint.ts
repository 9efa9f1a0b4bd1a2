import type { Params } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Two 32-bit mixers over the same words: 64 bits, far beyond what a few thousand grids can make collide. */
class Digest {
  #a = 0x9e3779b9;
  #b = 0x85ebca6b;

  words(words: Uint32Array): void {
    let a = this.#a;
    let b = this.#b;
    for (const word of words) {
      a = Math.imul(a ^ word, 0xcc9e2d51);
      a ^= a >>> 15;
      b = Math.imul(b ^ word, 0x1b873593);
      b ^= b >>> 13;
    }
    this.#a = Math.imul(a ^ words.length, 0x85ebca6b);
    this.#b = Math.imul(b ^ words.length, 0xc2b2ae35);
  }

  text(text: string): void {
    this.words(Uint32Array.from(text, (letter) => letter.codePointAt(0)!));
  }

  hex(): string {
    return [this.#a, this.#b].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }
}

async function addTensor(digest: Digest, name: string, tensor: Tensor): Promise<void> {
  digest.text(`${name}:${tensor.dtype}:${tensor.shape}`);
  const data = (await tensor.data()) as Float32Array;
  if (data.BYTES_PER_ELEMENT === 4) digest.words(new Uint32Array(data.buffer, data.byteOffset, data.length));
  else digest.words(Uint32Array.from(data));
}

/** A digest of all that decides the values of a grid: stored points are only used again where it is equal. */
export async function fingerprint(
  about: unknown,
  records: readonly Params[],
  tensors: readonly Tensor[],
): Promise<string> {
  const digest = new Digest();
  digest.text(JSON.stringify(about));
  for (const record of records)
    for (const [name, tensor] of Object.entries(record)) await addTensor(digest, name, tensor);
  for (const tensor of tensors) await addTensor(digest, '', tensor);
  return digest.hex();
}

/** A digest of plain values and arrays, for files that must be proven whole. */
export function digestOf(about: unknown, arrays: readonly (Float32Array | Float64Array)[]): string {
  const digest = new Digest();
  digest.text(JSON.stringify(about));
  for (const { buffer, byteOffset, byteLength } of arrays)
    digest.words(new Uint32Array(buffer, byteOffset, byteLength / 4));
  return digest.hex();
}
