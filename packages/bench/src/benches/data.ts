import { readFileSync } from 'node:fs';
import { readImage } from '@segscape/data';
import { contest, type Row } from '../harness/contest.js';
import { PythonPeer } from '../python-peer.js';

/** What the peer draws, how it writes it, and which of the peers then reads it. */
interface Case {
  readonly about: string;
  /** Its ending says the format. */
  readonly name: string;
  readonly kind: 'rgb' | 'uint8' | 'uint16' | 'uint32' | 'float32' | 'bits';
  readonly size: number;
  readonly mode: 'Pillow' | 'tifffile';
  /** Of the peer's writer. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly pages?: number;
}

const pillow = (about: string, name: string, kind: Case['kind'], size: number, options = {}): Case => ({
  ...{ about, name, kind, size, options },
  mode: 'Pillow',
});
const tifffile = (about: string, kind: Case['kind'], size: number, options = {}, pages = 1): Case => ({
  ...{ about, name: 'a.tif', kind, size, options, pages },
  mode: 'tifffile',
});

const cases: readonly Case[] = [
  pillow('PNG 1024²×3', 'a.png', 'rgb', 1024),
  pillow('PNG 1024²', 'a.png', 'uint8', 1024),
  pillow('PNG 1024², one bit', 'a.png', 'bits', 1024),
  pillow('JPEG 2048²×3, 4:2:0', 'a.jpg', 'rgb', 2048, { quality: 90 }),
  pillow('JPEG 2048²×3, 4:4:4', 'a.jpg', 'rgb', 2048, { quality: 90, subsampling: 0 }),
  pillow('JPEG 2048²×3, progressive', 'a.jpg', 'rgb', 2048, { quality: 90, progressive: true }),
  pillow('JPEG 2048², gray', 'a.jpg', 'uint8', 2048, { quality: 90 }),
  pillow('GIF 1024²×3', 'a.gif', 'rgb', 1024),
  pillow('BMP 1024²×3', 'a.bmp', 'rgb', 1024),
  pillow('PPM 2048²×3', 'a.ppm', 'rgb', 2048),
  pillow('TIFF 2048²×3, LZW', 'a.tif', 'rgb', 2048, { compression: 'tiff_lzw' }),
  pillow('TIFF 2048²×3, deflate', 'a.tif', 'rgb', 2048, { compression: 'tiff_adobe_deflate' }),
  pillow('TIFF 2048², PackBits', 'a.tif', 'uint8', 2048, { compression: 'packbits' }),
  pillow('TIFF 2048²×3, Zstandard', 'a.tif', 'rgb', 2048, { compression: 'zstd' }),
  pillow('TIFF 2048²×3, JPEG', 'a.tif', 'rgb', 2048, { compression: 'jpeg' }),
  pillow('TIFF 2048², CCITT group 4', 'a.tif', 'bits', 2048, { compression: 'group4' }),
  tifffile('TIFF 4096² uint32', 'uint32', 4096),
  tifffile('TIFF 4096² uint32, big endian', 'uint32', 4096, { byteorder: '>' }),
  tifffile('TIFF 4096² float32, deflate', 'float32', 4096, { compression: 'deflate' }),
  tifffile('TIFF 2048² uint16, deflate, predictor 2', 'uint16', 2048, {
    compression: 'deflate',
    predictor: 2,
  }),
  tifffile('TIFF 512² uint16, deflate, 64 slices', 'uint16', 512, { compression: 'deflate' }, 64),
];

/** @throws {Error} when the values are not those that the peer reads. */
async function assertSame(bytes: Uint8Array, about: string, sum: number): Promise<void> {
  const { data } = await readImage(bytes, { maxBytes: 2 ** 30 });
  let own = 0;
  for (let i = 0; i < data.length; i++) own += data[i]!;
  if (Math.abs(own - sum) > 1e-9 * Math.abs(sum))
    throw new Error(`decode ${about}: the values add up to ${own} here and to ${sum} at the peer`);
}

/** Decoding of one file, in memory here and at the peer, on one thread; both read the same values. */
export async function* data(): AsyncGenerator<Row> {
  for (const { about, mode, ...given } of cases) {
    const peer = new PythonPeer({ threads: 1 });
    try {
      const { path, sum } = await peer.ask<{ path: string; sum: number }>({
        setup: 'decode',
        mode,
        ...given,
      });
      const bytes = new Uint8Array(readFileSync(path));
      await assertSame(bytes, about, sum);
      yield* await contest({
        bench: 'data',
        case: `decode ${about}, portable`,
        peer: mode,
        ours: async () => {
          await readImage(bytes, { maxBytes: 2 ** 30 });
          return undefined;
        },
        modes: [peer.mode(mode)],
        rounds: 3,
      });
    } finally {
      peer.close();
    }
  }
}
