import type { RasterData } from '@segscape/core';

/** Modules below 4 KB compile at once even where a page waits for them. */
export function instance<T>(base64: string): T {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as T;
}

/** What a module that stays may hold of pictures and values, bytes; its memory never shrinks. */
export const mostBytes = 2 ** 26;

/** Where arrays of these sizes (in bytes) lie in a module's memory, which grows to hold them. */
export function placed(memory: WebAssembly.Memory, sizes: readonly number[]): number[] {
  let end = 1024;
  const places = sizes.map((size) => {
    const place = end;
    // Room behind each for loads that reach past its last value.
    end = Math.ceil((end + size + 32) / 64) * 64;
    return place;
  });
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
  return places;
}

type Values = RasterData | Float64Array;

/** Copies an array into a module's memory. */
export const copyIn = ({ buffer }: WebAssembly.Memory, place: number, values: Values) =>
  new Uint8Array(buffer, place, values.byteLength).set(bytesOf(values));

export const bytesOf = (values: Values) =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

export const byteLength = (values: Values) => values.byteLength;
