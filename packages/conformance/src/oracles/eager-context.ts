import { dispose, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { AdapterContext, Executor, Numbers } from './adapter.js';

/** Reads tensors as plain nested numbers and disposes them. */
export async function readAll(outputs: Record<string, Tensor>): Promise<Record<string, Numbers>> {
  try {
    const entries = Object.entries(outputs);
    const values = await Promise.all(entries.map(([, tensor]) => tensor.array() as Promise<Numbers>));
    return Object.fromEntries(entries.map(([name], index) => [name, values[index] as Numbers]));
  } finally {
    dispose(outputs);
  }
}

/** Runs functions as they are, on TensorFlow.js's current backend. */
export const eagerContext = (executor: Executor): AdapterContext => ({
  executor,
  run: (fn, inputs) => readAll(tidy(() => fn(inputs))),
});
