import { platform } from '#platform';

/** Where bytes come from: a path (Node) or URL (browser), the bytes themselves, or a Blob or File. */
export type ImageSource = string | Uint8Array | Blob;

/** What errors call the source. */
export function nameOf(source: ImageSource): string {
  if (typeof source === 'string') return source;
  if (source instanceof Uint8Array) return `${source.length} bytes`;
  return 'name' in source ? String(source.name) : `a blob of ${source.size} bytes`;
}

export async function bytesOf(source: ImageSource): Promise<Uint8Array> {
  if (typeof source === 'string') return platform.readPath(source);
  // A plain view: slices of a Buffer share its memory.
  if (source instanceof Uint8Array) return new Uint8Array(source.buffer, source.byteOffset, source.length);
  return new Uint8Array(await source.arrayBuffer());
}
