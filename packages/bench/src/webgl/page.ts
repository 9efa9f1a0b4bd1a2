import { useBackend } from '@segscape/backend';
import { cast, oneHot, ready, setBackend, type Tensor, tidy } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { makeCase, type Shape } from '../benches/networks.js';
import { stepper } from '../benches/stepper.js';
import { layersUnet } from './layers-unet.js';

/** What the page offers the process that opened it. */
export interface Page {
  /** Makes our network and that of layers, with equal weights, and takes a step of each: their losses. */
  prepare(
    shape: Shape,
    kernels: 'ours' | 'stock',
  ): Promise<{ readonly ours: number; readonly layers: number }>;
  /** Milliseconds that a step takes, its loss read. */
  ours(): Promise<number>;
  /** The same of `LayersModel.fit`. */
  layers(): Promise<number>;
}

/** Steps of one run: `fit` is called once for all of them, as its users do. */
const steps = 4;

let sides: { readonly own: ReturnType<typeof stepper>; readonly fit: (steps: number) => Promise<number[]> };

const page: Page = {
  async prepare(shape, kernels) {
    if (kernels === 'ours') await useBackend('webgl');
    else if (!(await setBackend('webgl'))) throw new Error('This page has no WebGL.');
    await ready();
    const current = makeCase(shape);
    const other = layersUnet(shape, current.params);
    const labels = tidy(() => cast(oneHot(current.labels, 2) as Tensor, 'float32'));
    const fit = async (epochs: number) => {
      const { history } = await other.fit(current.images, labels, {
        epochs,
        batchSize: shape.batch,
        shuffle: false,
        verbose: 0,
        yieldEvery: 'never',
      });
      return history.loss as number[];
    };
    const own = stepper(current, 'eager');
    sides = { own, fit };
    return { ours: await own.run(), layers: (await fit(1))[0]! };
  },
  async ours() {
    const began = performance.now();
    await sides.own.runAhead(steps);
    return (performance.now() - began) / steps;
  },
  async layers() {
    const began = performance.now();
    await sides.fit(steps);
    return (performance.now() - began) / steps;
  },
};

Object.assign(globalThis, { bench: page });
