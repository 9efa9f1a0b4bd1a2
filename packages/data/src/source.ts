import { SegscapeError } from '@segscape/core';
import { platform } from '#platform';

/** Where bytes come from: a path (Node) or URL (browser), the bytes themselves, or a Blob or File. */
export type ImageSource = string | Uint8Array | Blob;

/** Throws `BAD_OPTION` for what bytes can't come from: an ArrayBuffer, or nothing at all, where types were not checked. */
function assertSource(source: ImageSource): void {
  if (typeof source === 'string' || source instanceof Uint8Array || source instanceof Blob) return;
  const given: unknown = source;
  const kind = given instanceof ArrayBuffer ? 'an ArrayBuffer' : given === null ? 'null' : typeof given;
  throw new SegscapeError(
    'BAD_OPTION',
    `data: a source must be a path, a Uint8Array of the file's bytes, or a Blob, got ${kind}${
      given instanceof ArrayBuffer ? '; wrap it: new Uint8Array(buffer)' : ''
    }.`,
    { details: { option: 'source', value: kind } },
  );
}

/** What errors call the source. */
export function nameOf(source: ImageSource): string {
  assertSource(source);
  if (typeof source === 'string') return source;
  if (source instanceof Uint8Array) return `${source.length} bytes`;
  return 'name' in source ? String(source.name) : `a blob of ${source.size} bytes`;
}

export async function bytesOf(source: ImageSource): Promise<Uint8Array> {
  assertSource(source);
  if (typeof source === 'string') return platform.readPath(source);
  // A plain view: slices of a Buffer share its memory.
  if (source instanceof Uint8Array) return new Uint8Array(source.buffer, source.byteOffset, source.length);
  return new Uint8Array(await source.arrayBuffer());
}
