import { elastic } from '@segscape/augment';
import { type Raster, random, type Sample } from '@segscape/core';
import { contest, type Row } from '../harness/contest.js';
import { PythonPeer } from '../python-peer.js';

const side = 512;

/** A smooth picture of three channels, and the disc in it. */
function sample(): Sample {
  const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => {
    const [y, x] = [Math.floor(i / 3 / side), Math.floor(i / 3) % side];
    return 128 + 60 * Math.sin(x / 29 + (i % 3)) + 50 * Math.cos(y / 17);
  });
  const inside = Uint8Array.from({ length: side * side }, (_, i) =>
    Number((Math.floor(i / side) - 250) ** 2 + ((i % side) - 270) ** 2 < 90 ** 2),
  );
  const form = { height: side, width: side };
  const image: Raster = { ...form, data: pixels, channels: 3 };
  return { id: 'picture', image, mask: { ...form, data: inside, channels: 1 } };
}

/** Elastic deformation of an image with its mask, on one thread, against SciPy's and OpenCV's parts of it. */
export async function* augment(): AsyncGenerator<Row> {
  const given = sample();
  const [alpha, sigma] = [34, 9];
  for (const order of [1, 3] as const) {
    const transform = elastic({ alpha, sigma, order });
    let seed = 0;
    const ours = async () => {
      transform(given, random(seed++));
      return undefined;
    };
    const peer = new PythonPeer({ threads: 1 });
    await peer.ask({
      setup: 'elastic',
      image: peer.array(given.image.data as Uint8Array, [side, side, 3]),
      mask: peer.array(given.mask.data as Uint8Array, [side, side]),
      alpha,
      sigma,
      order,
    });
    for (const name of ['scipy', 'OpenCV'] as const)
      yield* await contest({
        bench: 'augment',
        case: `elastic ${side}×${side}×3 with mask, order ${order}`,
        peer: name,
        ours,
        modes: [peer.mode(name)],
      });
    peer.close();
  }
}
