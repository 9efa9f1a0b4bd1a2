import type { JitOptions } from '@segscape/jit';
import { jit } from '@segscape/jit';
import { dispose, memory, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { ConformanceCase, Outcome, TensorCase, Tensors } from './case.js';
import { toTensor } from './inputs.js';

/** What a backend made of a case. */
export interface CaseRun {
  readonly outputs: Readonly<Record<string, Outcome>>;
  /** Milliseconds from inputs on the device to outputs in host memory; the better of two runs of a quick case. */
  readonly ms: number;
  /** Tensors left behind. */
  readonly leaks: number;
}

export interface RunOptions {
  /** Passed to `jit`; the executor is `'eager'` on a backend of TensorFlow.js. */
  readonly jit: JitOptions;
  /** Take a case's own way to the reference numbers. */
  readonly reference?: boolean;
}

/** Runs longer than this are not repeated, in milliseconds. */
const quick = 100;

async function read(outputs: Tensors): Promise<Record<string, Outcome>> {
  try {
    const entries = Object.entries(outputs).map(
      async ([name, value]) => [name, { shape: value.shape.slice(), data: await value.data() }] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  } finally {
    dispose(outputs);
  }
}

/** Computes a case on the current backend. */
export async function runCase(one: ConformanceCase, options: RunOptions): Promise<CaseRun> {
  const before = memory().numTensors;
  const inputs: Tensors = {};
  for (const [name, value] of Object.entries(one.inputs())) inputs[name] = toTensor(value);
  const work = 'compute' in one ? traced(one, options) : { run: () => one.measure(inputs, options) };
  try {
    let { outputs, ms } = await timed(() => work.run(inputs));
    if (ms < quick) {
      const again = await timed(() => work.run(inputs));
      outputs = again.outputs;
      ms = Math.min(ms, again.ms);
    }
    dispose(inputs);
    await work.dispose?.();
    return { outputs, ms, leaks: memory().numTensors - before };
  } catch (error) {
    dispose(inputs);
    await work.dispose?.();
    throw error;
  }
}

interface Work {
  run(inputs: Tensors): Promise<Readonly<Record<string, Outcome>>>;
  dispose?(): Promise<void>;
}

function traced({ compute, reference = compute }: TensorCase, options: RunOptions): Work {
  const fn = options.reference ? reference : compute;
  if (options.jit.executor === 'eager') return { run: (inputs) => read(tidy(() => fn(inputs))) };
  const jitted = jit(fn, options.jit);
  return {
    run: async (inputs) => read((await jitted(inputs)) as Record<string, Tensor>),
    dispose: () => jitted.dispose(),
  };
}

async function timed(run: () => Promise<Readonly<Record<string, Outcome>>>) {
  const started = performance.now();
  const outputs = await run();
  return { outputs, ms: performance.now() - started };
}
