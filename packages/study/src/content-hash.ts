import type { Sample } from '@segscape/core';
import { axesOf } from './axes.js';

const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** A page without a secure context has no hashes. */
const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;

/** Says whether two studies saw the same images and masks, in whatever order. */
export interface ContentHash {
  /** Takes a sample in. */
  add(sample: Sample): Promise<void>;
  /** SHA-256, hexadecimal, of each sample's id, sizes, pixels and mask; empty where there are none. */
  readonly each: ReadonlyMap<string, string>;
  /** SHA-256, hexadecimal, over the sorted hashes of id, sizes, pixels and mask of each sample; undefined where there are none. */
  digest(): Promise<string | undefined>;
}

/** An empty one. */
export function contentHash(): ContentHash {
  const sums: string[] = [];
  const each = new Map<string, string>();
  return {
    each,
    async add({ id, image, mask }) {
      if (subtle === undefined) return;
      const head = new TextEncoder().encode(
        JSON.stringify([id, ...axesOf(image), image.channels, ...axesOf(mask)]),
      );
      const parts = [head, image.data, mask.data].map(
        ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength),
      );
      const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
      parts.reduce((start, part) => {
        all.set(part, start);
        return start + part.length;
      }, 0);
      const sum = hex(await subtle.digest('SHA-256', all));
      sums.push(sum);
      each.set(id, sum);
    },
    async digest() {
      if (subtle === undefined || sums.length === 0) return undefined;
      return hex(await subtle.digest('SHA-256', new TextEncoder().encode(sums.sort().join('\n'))));
    },
  };
}
