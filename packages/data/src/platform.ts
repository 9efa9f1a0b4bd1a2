import type { Raster } from '@segscape/core';
import type { ByteRange } from './byte-range.js';
import type { CodecLoaders } from './decode/dicom/codecs.js';
import type { SampleStore } from './sample-store.js';

/** What differs between Node and the browser: where bytes come from, and the fast decoder. */
export interface Platform {
  /** Bytes of a file (Node) or of a URL (browser). */
  readPath(path: string): Promise<Uint8Array>;
  /** A part of them, cut to what there is. */
  readRange(path: string, range: ByteRange): Promise<Uint8Array>;
  /** Names of the files in a folder, hidden ones left out, in no order. */
  listFolder(path: string): Promise<string[]>;
  /** Paths of all files below a folder, relative to it, hidden ones left out. */
  listTree(path: string): Promise<string[]>;
  /** Inflates zlib data by native code and checks them; `undefined` where there is none or they do not give `size` bytes. */
  unzlib(bytes: Uint8Array, size: number): Uint8Array | undefined;
  /** A Zstandard frame by native code, which checks it; `undefined` where there is none or it gives none of these `lengths`. */
  unzstandard(frame: Uint8Array, lengths: readonly number[]): Uint8Array | undefined;
  /** zlib data by a stream, where that is how the platform inflates. */
  inflateStream?(bytes: Uint8Array, size: number): Promise<Uint8Array | undefined>;
  /**
   * Decodes a JPEG by sharp, upright when asked; refuses one of more than `maxBytes` of pixels. `undefined` for one that is
   * left to the portable decoder: of inks, or that sharp does not read.
   */
  decodeJpeg(bytes: Uint8Array, upright: boolean, maxBytes: number): Promise<Raster | undefined>;
  /** Decoders of DICOM's compressions that are packages of their own, where they can be found by name. */
  readonly codecs: CodecLoaders;
  /** Where prepared samples are kept between runs; by default in the user's cache folder. */
  sampleStore(folder?: string): Promise<SampleStore>;
}
