import { SegscapeError } from '@segscape/core';
import type { FrameForm, StoredFrame } from './frame-form.js';

/** A decoder of `@cornerstonejs/codec-charls` or `@cornerstonejs/codec-openjpeg`, as Emscripten made it. */
interface CodecDecoder {
  getEncodedBuffer(size: number): Uint8Array;
  decode(): void;
  getFrameInfo(): {
    readonly width: number;
    readonly height: number;
    readonly bitsPerSample: number;
    readonly componentCount: number;
    readonly isSigned?: boolean;
  };
  getDecodedBuffer(): Uint8Array;
  getInterleaveMode?(): number;
  delete(): void;
}

type CodecFactory = (options: object) => Promise<Readonly<Record<string, new () => CodecDecoder>>>;

/** Loads the module of a codec: for instance `() => import('@cornerstonejs/codec-charls/decode')`. */
export type CodecLoader = () => Promise<unknown>;

/** Where codecs that are packages of their own come from. */
export interface CodecLoaders {
  /** `@cornerstonejs/codec-charls`. */
  readonly jpegLs?: CodecLoader;
  /** `@cornerstonejs/codec-openjpeg`. */
  readonly jpeg2000?: CodecLoader;
}

const codecs = {
  jpegLs: { name: 'JPEG-LS', module: '@cornerstonejs/codec-charls/decode', decoder: 'JpegLSDecoder' },
  jpeg2000: { name: 'JPEG 2000', module: '@cornerstonejs/codec-openjpeg/decode', decoder: 'J2KDecoder' },
} as const;

/** The size that a stream itself declares: nothing is made for one that says other than the elements. */
function declared(kind: keyof typeof codecs, bytes: Uint8Array) {
  const word = (at: number) => (bytes[at]! << 8) | bytes[at + 1]!;
  const long = (at: number) => word(at) * 65_536 + word(at + 2);
  if (kind === 'jpegLs') {
    for (let at = 2; at + 10 < bytes.length && bytes[at] === 0xff; at += 2 + word(at + 2))
      if (bytes[at + 1] === 0xf7)
        return { height: word(at + 5), width: word(at + 7), channels: bytes[at + 9]! };
    return undefined;
  }
  // A bare codestream, or one in the boxes of a JP2 file.
  for (let at = 0; at + 42 < Math.min(bytes.length, 4096); at++)
    if (long(at) === 0xff4f_ff51)
      return {
        width: long(at + 8) - long(at + 16),
        height: long(at + 12) - long(at + 20),
        channels: word(at + 40),
      };
  return undefined;
}

async function factoryOf(kind: keyof typeof codecs, loaders: CodecLoaders) {
  const { name, module, decoder } = codecs[kind];
  const said = `it is compressed as ${name}`;
  const load = loaders[kind];
  if (load === undefined)
    throw new SegscapeError(
      'UNSUPPORTED_FORMAT',
      `readDicom: ${said}. Give codecs: { ${kind}: () => import('${module}') } to readDicom, or save it uncompressed.`,
      { details: { codec: kind } },
    );
  let loaded: unknown;
  try {
    loaded = await load();
  } catch (cause) {
    throw new SegscapeError(
      'UNSUPPORTED_FORMAT',
      `readDicom: ${said}, which needs the package ${module.replace('/decode', '')}; install it, or save the file uncompressed.`,
      { details: { codec: kind }, cause },
    );
  }
  const make = (loaded as { default?: unknown }).default ?? loaded;
  // They tell of their progress on the console unless they are given something else.
  const quiet = { print: () => {}, printErr: () => {} };
  const codec = await (make as CodecFactory)(quiet);
  const Decoder = codec[decoder];
  if (Decoder === undefined)
    throw new SegscapeError('BAD_OPTION', `readDicom: codecs.${kind} has no ${decoder}; load '${module}'.`);
  return Decoder;
}

/** The decoder of frames by a codec, which is loaded when the first one comes. */
export function codecDecoder(kind: keyof typeof codecs, loaders: CodecLoaders) {
  let loading: ReturnType<typeof factoryOf> | undefined;
  return async (bytes: Uint8Array, form: FrameForm): Promise<StoredFrame> => {
    loading ??= factoryOf(kind, loaders);
    return decoded(kind, await loading, bytes, form);
  };
}

function decoded(
  kind: keyof typeof codecs,
  Decoder: new () => CodecDecoder,
  bytes: Uint8Array,
  form: FrameForm,
): StoredFrame {
  const said = declared(kind, bytes);
  if (said?.width !== form.width || said.height !== form.height || said.channels !== form.channels)
    throw new Error(`its ${codecs[kind].name} data are damaged, or of another size than its elements say`);
  const decoder = new Decoder();
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    const { bitsPerSample } = decoder.getFrameInfo();
    const out = decoder.getDecodedBuffer().slice();
    const pixels = form.width * form.height;
    const own = bitsPerSample <= 8 ? 1 : 2;
    if (out.length !== pixels * form.channels * own) throw new Error('the decoder gave another size');
    // As numbers wherever the elements say two bytes, or they would be taken for the halves of them.
    const samples = own === 2 ? new Uint16Array(out.buffer) : form.bytes === 1 ? out : new Uint16Array(out);
    // Components one after the other, where the stream is not interleaved.
    const apart = form.channels > 1 && decoder.getInterleaveMode?.() === 0;
    return { data: apart ? sideBySide(samples, form.channels) : samples, rgb: kind === 'jpeg2000' };
  } catch (cause) {
    // Emscripten throws numbers and objects of its own.
    throw new Error(`its ${codecs[kind].name} data are damaged`, { cause });
  } finally {
    decoder.delete();
  }
}

function sideBySide<T extends Uint8Array | Uint16Array>(samples: T, channels: number): T {
  const out = samples.slice() as T;
  const pixels = samples.length / channels;
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < pixels; i++) out[i * channels + c] = samples[c * pixels + i]!;
  return out;
}
