import { registerGradients } from '@segscape/backend';
import { type JitOptions, jit } from '@segscape/jit';
import { setBackend, type Tensor } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { batch, step } from './step.js';

/** Runs two steps, the second on the results of the first, and gives all numbers. */
async function run(options: JitOptions & { module?: string }) {
  await setBackend('cpu');
  registerGradients();
  const { module, ...rest } = options;
  const reasons: string[] = [];
  const fn = jit(step, {
    ...rest,
    onFallback: ({ message }) => reasons.push(message),
    ...(module !== undefined && { runtime: () => import(/* @vite-ignore */ module) }),
  });
  try {
    const { weights } = await fn(batch() as never);
    const result = await fn({ ...batch(), weights } as never);
    const tensors: Tensor[] = [result.loss, ...result.weights];
    return { values: tensors.map((value) => [...value.dataSync()]), stats: fn.stats(), reasons };
  } catch (error) {
    return { error: (error as Error).message, reasons };
  }
}

export type Answer = Awaited<ReturnType<typeof run>>;

Object.assign(globalThis, { run });
