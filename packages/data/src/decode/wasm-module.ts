/**
 * The exports of a module of ours, which is below 4 KB and so compiles at once even where a page waits; undefined without
 * SIMD, or where a page's policy forbids it.
 */
function instance<T>(base64: string): T | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as T;
  } catch {
    return undefined;
  }
}

/** Makes the function that gives a module's exports: it is compiled when it is first asked for, and once. */
export function wasmModule<T>(base64: string): () => T | undefined {
  let made: { readonly value: T | undefined } | undefined;
  return () => {
    made ??= { value: instance<T>(base64) };
    return made.value;
  };
}

/** The memory's buffer, grown to so many bytes. */
export function roomFor(memory: WebAssembly.Memory, bytes: number): ArrayBuffer {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
  return memory.buffer;
}
