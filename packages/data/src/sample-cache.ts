import type { Raster, RasterData } from '@segscape/core';
import { crc32 } from './decode/crc32.js';
import type { SampleStore } from './sample-store.js';
import { bytesOf, type ImageSource } from './source.js';

/** Raised whenever the same file and options give other bytes: decoders and resizing are part of it. */
const version = 3;
const magic = 'segscape-sample\n';
const kinds = { Uint8Array, Int16Array, Uint16Array, Int32Array, Float32Array } as const;
type Kind = keyof typeof kinds;

interface Entry extends Omit<Raster, 'data'> {
  readonly type: Kind;
  readonly length: number;
}

const text = new TextEncoder();

/** Rasters as bytes, with a checksum: magic, length of the head, head (JSON), values, CRC-32. */
export function encodeRasters(rasters: readonly Raster[]): Uint8Array {
  const entries = rasters.map(({ data, ...form }) => ({
    ...form,
    type: data.constructor.name,
    length: data.length,
  }));
  const head = text.encode(JSON.stringify(entries));
  const values = rasters.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const start = magic.length + 4 + head.length;
  const size = values.reduce((sum, part) => sum + part.length, start);
  const out = new Uint8Array(size + 4);
  const view = new DataView(out.buffer);
  out.set(text.encode(magic));
  view.setUint32(magic.length, head.length, true);
  out.set(head, magic.length + 4);
  let at = start;
  for (const part of values) {
    out.set(part, at);
    at += part.length;
  }
  view.setUint32(size, crc32(out, 0, size), true);
  return out;
}

/** The rasters, or `undefined` when the bytes are not what was written. */
export function decodeRasters(bytes: Uint8Array): Raster[] | undefined {
  const size = bytes.length - 4;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (size < magic.length + 4 || view.getUint32(size, true) !== crc32(bytes, 0, size)) return undefined;
  const start = magic.length + 4 + view.getUint32(magic.length, true);
  const head = new TextDecoder().decode(bytes.subarray(magic.length + 4, start));
  let at = start;
  return (JSON.parse(head) as Entry[]).map(({ type, length, ...form }) => {
    const Values = kinds[type];
    const end = at + length * Values.BYTES_PER_ELEMENT;
    // Copied, since values must begin at whole words.
    const data: RasterData = new Values(bytes.slice(at, end).buffer);
    at = end;
    return { ...form, data };
  });
}

const hex = (digest: ArrayBuffer) =>
  Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
const sha256 = async (bytes: Uint8Array) =>
  hex(await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes)));

/** A file that a sample is made of; of a volume of slices all of them. */
export interface SampleFile {
  readonly name: string;
  readonly sources: readonly ImageSource[];
}

interface MadeSample {
  readonly image: Raster;
  readonly mask: Raster;
}

/**
 * What `make` gives for the files, or what it gave before for files of the same content and the same options. An entry
 * that is damaged is made again.
 * @param options what the sample depends on beside its files; plain JSON.
 * @param make takes the files as they were read, under their own names, in the same order.
 */
export async function throughStore(
  store: SampleStore,
  options: object,
  files: readonly SampleFile[],
  make: (read: readonly (readonly File[])[]) => Promise<MadeSample>,
): Promise<MadeSample> {
  const contents = await Promise.all(files.map(({ sources }) => Promise.all(sources.map(bytesOf))));
  const hashes = await Promise.all(contents.map((slices) => Promise.all(slices.map(sha256))));
  const key = await sha256(text.encode(JSON.stringify({ version, options, hashes })));
  const found = await store.read(key);
  const [knownImage, knownMask] = (found && decodeRasters(found)) ?? [];
  if (knownImage !== undefined && knownMask !== undefined) return { image: knownImage, mask: knownMask };
  const made = await make(
    files.map(({ name }, i) => contents[i]!.map((bytes) => new File([new Uint8Array(bytes)], name))),
  );
  await store.write(key, encodeRasters([made.image, made.mask]));
  return made;
}
