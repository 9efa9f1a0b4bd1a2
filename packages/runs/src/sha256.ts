import { sha256 } from '@noble/hashes/sha2.js';

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** SHA-256 of a whole file, in hexadecimal; by the platform's own code where it has one. */
export async function digest(bytes: Uint8Array): Promise<string> {
  // Only pages of a secure origin have `subtle`.
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) return hex(sha256(bytes));
  return hex(new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)));
}

/** The SHA-256 of what a file holds so far, as it grows. */
export interface Growing {
  readonly length: number;
  readonly sha256: string;
  add(bytes: Uint8Array): Growing;
}

/** Begins with what a file holds already. */
export function growing(bytes: Uint8Array): Growing {
  const begin = (state: ReturnType<typeof sha256.create>, length: number): Growing => ({
    length,
    sha256: hex(state.clone().digest()),
    add: (more) => begin(state.clone().update(more), length + more.length),
  });
  return begin(sha256.create().update(bytes), bytes.length);
}
