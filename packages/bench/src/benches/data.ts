import { readFileSync } from 'node:fs';
import { readImage } from '@segscape/data';
import { contest, type Row } from '../harness/contest.js';
import { PythonPeer } from '../python-peer.js';

const cases = [
  { about: 'PNG 1024²×3', name: 'a.png', kind: 'rgb', size: 1024, peer: 'Pillow' },
  { about: 'JPEG 2048²×3', name: 'a.jpg', kind: 'rgb', size: 2048, peer: 'Pillow' },
  { about: 'BMP 1024²×3', name: 'a.bmp', kind: 'rgb', size: 1024, peer: 'Pillow' },
  { about: 'TIFF 4096² uint32', name: 'a.tif', kind: 'uint32', size: 4096, peer: 'tifffile' },
  {
    about: 'TIFF 4096² float32, deflate',
    name: 'b.tif',
    kind: 'float32',
    size: 4096,
    peer: 'tifffile',
    compression: 'deflate',
  },
] as const;

/** Decoding of one file, already in memory here and in the peer's cache, on one thread. */
export async function* data(): AsyncGenerator<Row> {
  for (const { about, peer: mode, ...given } of cases) {
    const peer = new PythonPeer({ threads: 1 });
    const { path } = await peer.ask<{ path: string }>({ setup: 'decode', ...given });
    const bytes = new Uint8Array(readFileSync(path));
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
    peer.close();
  }
}
