import { sizeOf } from '@segscape/core';
import {
  add,
  conv2d,
  maxPool,
  mean,
  relu,
  square,
  sub,
  type Tensor,
  type Tensor4D,
  tensor,
  tidy,
  valueAndGrads,
} from '@tensorflow/tfjs-core';
import { registerGradients } from './gradients/register.js';

const size = 32;
const channels = 8;

/** Milliseconds after which no further step is taken: one more would not change which backend is fastest. */
const patience = 100;

/** A small network's loss and gradients: what a backend must be able to do, and how long it takes. */
function trainingStep(images: Tensor4D, kernels: readonly Tensor[]) {
  return valueAndGrads((first: Tensor, second: Tensor) => {
    const features = maxPool(relu(conv2d(images, first as Tensor4D, 1, 'same')), 2, 2, 'valid');
    return mean(square(sub(relu(add(conv2d(features, second as Tensor4D, 1, 'same'), 0.1)), 0.5)));
  })([...kernels]);
}

const ramp = (shape: number[], scale: number) => {
  return tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => scale * (((i * 37) % 101) / 50 - 1)),
    shape,
  );
};

export interface ProbeResult {
  readonly loss: number;
  /** Milliseconds of the fastest step after the first, which compiles shaders. */
  readonly ms: number;
}

/** At least two training steps on the current backend, with their gradients read back. Throws what the backend throws. */
export async function probe(): Promise<ProbeResult> {
  registerGradients();
  const inputs = tidy(() => [
    ramp([2, size, size, 3], 1),
    ramp([3, 3, 3, channels], 0.2),
    ramp([3, 3, channels, channels], 0.1),
  ]);
  try {
    let result: ProbeResult = { loss: Number.NaN, ms: Number.NaN };
    for (let run = 0, spent = 0; run < 2 || (run < 6 && spent < patience); run++) {
      const started = performance.now();
      const [images, ...kernels] = inputs as [Tensor4D, Tensor, Tensor];
      const { value, grads } = tidy(() => {
        const step = trainingStep(images, kernels);
        return { value: step.value, grads: step.grads };
      });
      const loss = (await value.data())[0]!;
      const totals = await Promise.all(
        grads.map(async (grad) => (await grad.data()).some((v) => !Number.isFinite(v))),
      );
      value.dispose();
      for (const grad of grads) grad.dispose();
      if (!Number.isFinite(loss) || totals.includes(true))
        throw new Error(`a small training step gave a loss of ${loss} and gradients that are not finite`);
      const ms = performance.now() - started;
      spent += ms;
      result = { loss, ms: run > 1 ? Math.min(result.ms, ms) : ms };
    }
    return result;
  } finally {
    for (const input of inputs) input.dispose();
  }
}
