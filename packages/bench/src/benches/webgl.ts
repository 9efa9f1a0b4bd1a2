import { contest, type Row } from '../harness/contest.js';
import { openPages } from '../webgl/open-page.js';
import { networks, type Shape } from './networks.js';

/**
 * A training step on WebGL in Chromium against `LayersModel.fit` of TensorFlow.js's layers: the same network, weights and batch in one page;
 * and the layers in a page of their own, with the kernels that TensorFlow.js brings.
 */
export async function* webgl(shapes: readonly Shape[] = [networks[0], networks[2]]): AsyncGenerator<Row> {
  const pages = await openPages();
  try {
    const device = await pages.device();
    for (const shape of shapes) {
      const own = await pages.open(shape, 'ours');
      const stock = await pages.open(shape, 'stock');
      const pid = process.pid;
      yield* await contest({
        bench: 'webgl',
        case: shape.name,
        peer: 'LayersModel.fit',
        ours: own.ours,
        modes: [
          { mode: 'same page', pid, run: own.layers },
          { mode: 'a page of its own', pid, run: stock.layers },
        ],
        notes: async () =>
          `first loss ${own.first.ours.toFixed(6)} / ${own.first.layers.toFixed(6)}, ${device}`,
      });
      await own.close();
      await stock.close();
    }
  } finally {
    await pages.close();
  }
}
