import type { ZSTDDecoder } from 'zstddec';

/** Decodes a frame, which it checks, that gives one of these `lengths`; `undefined` for what it refuses. */
export type FrameDecoder = (frame: Uint8Array, lengths: readonly number[]) => Uint8Array | undefined;

/** What of the module of `zstddec`, which is Zstandard's own code, is called here. */
interface Module {
  readonly memory: WebAssembly.Memory;
  /** 0 where memory is at an end. */
  malloc(size: number): number;
  free(place: number): void;
  /** How many bytes came out, or a negative number. */
  ZSTD_decompress(to: number, room: number, from: number, length: number): number;
}

/** Bytes in and out together: a module keeps the most memory that it ever had. */
const most = 2 ** 27;

const byModule =
  ({ memory, malloc, free, ZSTD_decompress }: Module): FrameDecoder =>
  (frame, lengths) => {
    const room = Math.max(...lengths);
    if (frame.length + room > most) return undefined;
    const [from, to] = [malloc(frame.length) >>> 0, malloc(room) >>> 0];
    try {
      if (from === 0 || to === 0) return undefined;
      new Uint8Array(memory.buffer).set(frame, from);
      const found = ZSTD_decompress(to, room, from, frame.length);
      return lengths.includes(found) ? new Uint8Array(memory.buffer, to, found).slice() : undefined;
    } finally {
      free(from);
      free(to);
    }
  };

/** Bytes in and out together that fit, four times over, the memory that a module begins with. */
const few = 2 ** 22;

/**
 * By the package's own function, which writes at place 0, over its tables, where memory is at an end, and gives nothing for an error
 * as for an empty frame.
 */
const byPackage =
  (decoder: ZSTDDecoder): FrameDecoder =>
  (frame, lengths) => {
    const room = Math.max(...lengths);
    if (room === 0 || frame.length + room > few) return undefined;
    const found = decoder.decode(frame, room);
    return found.length > 0 && lengths.includes(found.length) ? found : undefined;
  };

/** The module's exports are taken as it starts, and are not to be had where another package has started it before. */
async function load(): Promise<FrameDecoder> {
  const { ZSTDDecoder } = await import('zstddec');
  let started: Module | undefined;
  const starts = (source: WebAssembly.WebAssemblyInstantiatedSource) => {
    ZSTDDecoder.prototype._init(source);
    started = source.instance.exports as unknown as Module;
  };
  const decoder = Object.assign(new ZSTDDecoder(), { _init: starts });
  await decoder.init();
  return started === undefined ? byPackage(decoder) : byModule(started);
}

let decode: FrameDecoder | undefined;
let loading: Promise<void> | undefined;

/** Loads Zstandard in WebAssembly, once; where it can't be had, since a page's policy forbids it, nothing comes of it. */
export function loadZstandard(): Promise<void> {
  loading ??= load().then(
    (decoder) => {
      decode = decoder;
    },
    () => undefined,
  );
  return loading;
}

/** A Zstandard frame by WebAssembly; `undefined` too where that is not loaded, and where the frame is large. */
export const unzstandardByWasm: FrameDecoder = (frame, lengths) => decode?.(frame, lengths);
